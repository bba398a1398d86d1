//! Puts tokens together, as Jinja does.

use super::lexer::{Placed, Token};
use super::{Arguments, Expression, Node, NodeKind, Problem, Step};

/// How deep expressions and blocks may be nested, together.
const DEEPEST: usize = 60;

/// Operators by rank, the loosest first; `not` stands between the second and third.
const RANKS: [&[&str]; 6] = [
    &["or"],
    &["and"],
    &["==", "!=", "<", ">", "<=", ">=", "in", "not in"],
    &["+", "-"],
    &["~"],
    &["*", "/", "//", "%", "**"],
];

pub(super) struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
}

type Parsed<T> = Result<T, Problem>;

impl Parser {
    pub(super) fn new(tokens: Vec<Placed>) -> Self {
        Self { tokens, next: 0, depth: 0 }
    }

    pub(super) fn template(mut self) -> Parsed<Vec<Node>> {
        let (nodes, _) = self.body(&[])?;
        Ok(nodes)
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |(at, _)| *at)
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn wrong(&self) -> Problem {
        Problem::Syntax(self.at())
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    fn is_name(&self, name: &str) -> bool {
        matches!(self.peek(), Token::Name(found) if found == name)
    }

    /// Takes a sign or a word, if it is the next token.
    fn skip(&mut self, word: &str) -> bool {
        let found = self.is_sign(word) || self.is_name(word);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Parsed<()> {
        if self.skip(word) { Ok(()) } else { Err(self.wrong()) }
    }

    fn name(&mut self) -> Parsed<String> {
        match self.take() {
            Token::Name(name) => Ok(name),
            _ => Err(self.wrong()),
        }
    }

    fn close(&mut self) -> Parsed<()> {
        match self.take() {
            Token::Close => Ok(()),
            _ => Err(self.wrong()),
        }
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return Err(Problem::TooDeep(self.at()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Nodes up to one of these tags, whose name is given and taken; up to the end where there are none.
    fn body(&mut self, ends: &[&str]) -> Parsed<(Vec<Node>, String)> {
        let mut nodes = Vec::new();
        loop {
            let at = self.at();
            let kind = match self.take() {
                Token::Data(text) => NodeKind::Text(text),
                Token::OutputBegin => {
                    let expression = self.tuple()?;
                    self.close()?;
                    NodeKind::Output(expression)
                }
                Token::TagBegin => {
                    let tag = self.name()?;
                    if ends.contains(&&*tag) {
                        return Ok((nodes, tag));
                    }
                    self.deeper(|parser| parser.tag(tag))?
                }
                Token::End if ends.is_empty() => return Ok((nodes, String::new())),
                _ => return Err(Problem::Syntax(at)),
            };
            nodes.push(Node { at, kind });
        }
    }

    /// Nodes up to the tag that ends this one, with whatever stands in it.
    fn body_of(&mut self, end: &str) -> Parsed<Vec<Node>> {
        let (nodes, _) = self.body(&[end])?;
        // `{% endblock name %}`
        if matches!(self.peek(), Token::Name(_)) {
            self.next += 1;
        }
        self.close()?;
        Ok(nodes)
    }

    fn tag(&mut self, tag: String) -> Parsed<NodeKind> {
        match &*tag {
            "for" => self.for_loop(),
            "if" => self.branches(),
            "set" => self.set(),
            "with" => self.with(),
            "macro" => self.macro_definition(),
            "include" | "import" | "from" | "extends" => self.load(tag),
            "do" | "print" | "break" | "continue" | "debug" => self.wrapped(tag, false),
            "call" | "filter" | "generation" | "autoescape" | "block" => self.wrapped(tag, true),
            // The end, or a branch, of what did not begin.
            "else" | "elif" => Err(self.wrong()),
            _ if tag.starts_with("end") => Err(self.wrong()),
            _ => {
                while !matches!(self.peek(), Token::Close | Token::End) {
                    self.next += 1;
                }
                self.close()?;
                Ok(NodeKind::Unknown(tag))
            }
        }
    }

    fn for_loop(&mut self) -> Parsed<NodeKind> {
        let target = self.targets()?;
        self.expect("in")?;
        let over = self.tuple_of(|parser| parser.ranked(0))?;
        let when = if self.skip("if") { Some(self.expression()?) } else { None };
        self.skip("recursive");
        self.close()?;
        let (mut body, end) = self.body(&["else", "endfor"])?;
        self.close()?;
        if end == "else" {
            body.extend(self.body_of("endfor")?);
        }
        Ok(NodeKind::For { target, over, when, body })
    }

    fn branches(&mut self) -> Parsed<NodeKind> {
        let mut branches = Vec::new();
        let mut condition = Some(self.tuple()?);
        loop {
            self.close()?;
            let ends: &[&str] = if condition.is_some() { &["elif", "else", "endif"] } else { &["endif"] };
            let (body, end) = self.body(ends)?;
            branches.push((condition.take(), body));
            match &*end {
                "elif" => condition = Some(self.tuple()?),
                "else" => {}
                _ => {
                    self.close()?;
                    return Ok(NodeKind::If(branches));
                }
            }
        }
    }

    fn set(&mut self) -> Parsed<NodeKind> {
        let target = self.targets()?;
        if self.skip("=") {
            let value = Some(self.tuple()?);
            self.close()?;
            return Ok(NodeKind::Set { target, value, body: Vec::new() });
        }
        // `{% set name | filter %}…{% endset %}`
        let (target, value) = match target {
            Expression::Path(inner, steps) if steps.iter().any(|step| matches!(step, Step::Filter(..))) => {
                (*inner, Some(Expression::Path(Box::new(Expression::Constant), steps)))
            }
            other => (other, None),
        };
        self.close()?;
        let body = self.body_of("endset")?;
        Ok(NodeKind::Set { target, value, body })
    }

    fn with(&mut self) -> Parsed<NodeKind> {
        let (mut targets, mut values) = (Vec::new(), Vec::new());
        while !matches!(self.peek(), Token::Close) {
            targets.push(self.postfix()?);
            self.expect("=")?;
            values.push(self.expression()?);
            self.skip(",");
        }
        self.close()?;
        let body = self.body_of("endwith")?;
        Ok(NodeKind::Set { target: Expression::List(targets), value: Some(Expression::List(values)), body })
    }

    fn macro_definition(&mut self) -> Parsed<NodeKind> {
        let name = self.name()?;
        let parameters = self.parameters()?;
        self.close()?;
        let body = self.body_of("endmacro")?;
        Ok(NodeKind::Macro { name, parameters, body })
    }

    fn parameters(&mut self) -> Parsed<Vec<(String, Option<Expression>)>> {
        let mut parameters = Vec::new();
        self.expect("(")?;
        while !self.skip(")") {
            let name = self.name()?;
            let value = if self.skip("=") { Some(self.expression()?) } else { None };
            parameters.push((name, value));
            if !self.is_sign(")") {
                self.expect(",")?;
            }
        }
        Ok(parameters)
    }

    fn load(&mut self, tag: String) -> Parsed<NodeKind> {
        let from = self.expression()?;
        // `as name`, `import name as name`, `with context`, `ignore missing`: none of it matters.
        while !matches!(self.peek(), Token::Close | Token::End) {
            self.next += 1;
        }
        self.close()?;
        Ok(NodeKind::Load { tag, from })
    }

    fn wrapped(&mut self, tag: String, has_body: bool) -> Parsed<NodeKind> {
        let mut expressions = Vec::new();
        if tag == "call" && self.is_sign("(") {
            let parameters = self.parameters()?;
            expressions.extend(parameters.into_iter().filter_map(|(_, value)| value));
        }
        if tag == "filter" {
            let step = self.filter()?;
            expressions.push(Expression::Path(Box::new(Expression::Constant), vec![step]));
        }
        while tag != "block" && !matches!(self.peek(), Token::Close | Token::End) {
            expressions.push(self.tuple()?);
        }
        while !matches!(self.peek(), Token::Close | Token::End) {
            self.next += 1;
        }
        self.close()?;
        let body = if has_body { self.body_of(&format!("end{tag}"))? } else { Vec::new() };
        Ok(NodeKind::Block { tag, expressions, body })
    }

    /// What is assigned to: names, perhaps with attributes and filters, perhaps several.
    fn targets(&mut self) -> Parsed<Expression> {
        self.tuple_of(Self::postfix)
    }

    /// An expression, or several with commas between.
    fn tuple(&mut self) -> Parsed<Expression> {
        self.tuple_of(Self::expression)
    }

    fn tuple_of(&mut self, part: impl Fn(&mut Self) -> Parsed<Expression>) -> Parsed<Expression> {
        let first = part(self)?;
        if !self.is_sign(",") {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.skip(",") {
            if matches!(self.peek(), Token::Close | Token::End | Token::Sign(")" | "=")) {
                break;
            }
            all.push(part(self)?);
        }
        Ok(Expression::List(all))
    }

    fn expression(&mut self) -> Parsed<Expression> {
        self.deeper(|parser| {
            let mut value = parser.ranked(0)?;
            if parser.skip("if") {
                let condition = parser.ranked(0)?;
                let otherwise = if parser.skip("else") { parser.expression()? } else { Expression::Constant };
                value = Expression::Choice(Box::new([condition, value, otherwise]));
            }
            Ok(value)
        })
    }

    /// Operands of a rank, with its operators between.
    fn ranked(&mut self, rank: usize) -> Parsed<Expression> {
        let Some(operators) = RANKS.get(rank) else { return self.unary() };
        if rank == 2 && self.is_name("not") {
            self.next += 1;
            return self.deeper(|parser| Ok(Expression::Not(Box::new(parser.ranked(2)?))));
        }
        let first = self.ranked(rank + 1)?;
        let (mut signs, mut operands) = (Vec::new(), Vec::new());
        while let Some(sign) = self.operator(operators) {
            signs.push(sign);
            operands.push(self.ranked(rank + 1)?);
        }
        if signs.is_empty() {
            return Ok(first);
        }
        operands.insert(0, first);
        Ok(Expression::Operation(signs, operands))
    }

    fn operator(&mut self, operators: &[&'static str]) -> Option<&'static str> {
        let word = match self.peek() {
            Token::Sign(sign) => *sign,
            Token::Name(name) if name == "not" => {
                let next = self.tokens.get(self.next + 1).map(|(_, token)| token);
                let is_in = matches!(next, Some(Token::Name(name)) if name == "in");
                if !is_in || !operators.contains(&"not in") {
                    return None;
                }
                self.next += 2;
                return Some("not in");
            }
            Token::Name(name) => name,
            _ => return None,
        };
        let found = operators.iter().find(|operator| **operator == word).copied();
        self.next += usize::from(found.is_some());
        found
    }

    fn unary(&mut self) -> Parsed<Expression> {
        if self.skip("-") || self.skip("+") {
            return self.deeper(|parser| {
                let inner = parser.unary()?;
                Ok(match inner {
                    Expression::Number(number) => Expression::Number(number.saturating_neg()),
                    other => Expression::Not(Box::new(other)),
                })
            });
        }
        self.postfix()
    }

    /// Something, and what is asked of it.
    fn postfix(&mut self) -> Parsed<Expression> {
        let base = self.deeper(Self::primary)?;
        let mut steps = Vec::new();
        loop {
            if self.skip(".") {
                steps.push(match self.take() {
                    Token::Name(name) => Step::Attribute(name),
                    Token::Number(Some(number)) => Step::Item(Expression::Number(number)),
                    _ => return Err(self.wrong()),
                });
            } else if self.skip("[") {
                steps.push(self.subscript()?);
            } else if self.skip("(") {
                steps.push(Step::Call(self.arguments()?));
            } else if self.skip("|") {
                steps.push(self.filter()?);
            } else if self.skip("is") {
                steps.push(self.test()?);
            } else if steps.is_empty() {
                return Ok(base);
            } else {
                return Ok(Expression::Path(Box::new(base), steps));
            }
        }
    }

    /// A name with dots.
    fn dotted(&mut self) -> Parsed<String> {
        let mut name = self.name()?;
        while self.skip(".") {
            name.push('.');
            name.push_str(&self.name()?);
        }
        Ok(name)
    }

    fn filter(&mut self) -> Parsed<Step> {
        let name = self.dotted()?;
        let arguments = if self.skip("(") { self.arguments()? } else { Arguments::default() };
        Ok(Step::Filter(name, arguments))
    }

    /// A test, whose one argument may stand without brackets.
    fn test(&mut self) -> Parsed<Step> {
        self.skip("not");
        let name = self.dotted()?;
        if self.skip("(") {
            return Ok(Step::Test(name, self.arguments()?));
        }
        let has_argument = match self.peek() {
            Token::Name(word) => {
                !matches!(&**word, "else" | "or" | "and" | "is" | "if" | "in" | "not" | "recursive")
            }
            Token::Text(_) | Token::Number(_) | Token::Sign("[" | "{") => true,
            _ => false,
        };
        let values = if has_argument { vec![self.deeper(Self::primary)?] } else { Vec::new() };
        Ok(Step::Test(name, Arguments { values, named: Vec::new() }))
    }

    fn subscript(&mut self) -> Parsed<Step> {
        let mut parts = Vec::new();
        let (mut is_slice, mut is_tuple) = (false, false);
        loop {
            if self.is_sign(":") || self.is_sign("]") {
                parts.push(None);
            } else {
                parts.push(Some(self.expression()?));
            }
            if self.skip("]") {
                break;
            }
            match () {
                () if self.skip(":") => is_slice = true,
                () if self.skip(",") => is_tuple = true,
                () => return Err(self.wrong()),
            }
        }
        if is_slice {
            return Ok(Step::Slice(parts));
        }
        let mut values: Vec<Expression> = parts.into_iter().flatten().collect();
        match (values.len(), is_tuple) {
            (1, false) => values.pop().map(Step::Item).ok_or_else(|| self.wrong()),
            (0, _) => Err(self.wrong()),
            _ => Ok(Step::Item(Expression::List(values))),
        }
    }

    fn arguments(&mut self) -> Parsed<Arguments> {
        let mut arguments = Arguments::default();
        while !self.skip(")") {
            if self.skip("**") {
                arguments.named.push(("**".to_owned(), self.expression()?));
            } else if self.skip("*") {
                arguments.named.push(("*".to_owned(), self.expression()?));
            } else {
                let is_named = matches!(self.tokens.get(self.next + 1), Some((_, Token::Sign("="))));
                if let (Token::Name(name), true) = (self.peek().clone(), is_named) {
                    self.next += 2;
                    arguments.named.push((name, self.expression()?));
                } else {
                    arguments.values.push(self.expression()?);
                }
            }
            if !self.is_sign(")") {
                self.expect(",")?;
            }
        }
        Ok(arguments)
    }

    fn primary(&mut self) -> Parsed<Expression> {
        let at = self.at();
        match self.take() {
            Token::Name(name) => Ok(match &*name {
                "true" | "false" | "none" | "True" | "False" | "None" => Expression::Constant,
                _ => Expression::Name(name),
            }),
            Token::Text(mut text) => {
                // Texts side by side are one.
                while let Token::Text(more) = self.peek() {
                    text.push_str(more);
                    self.next += 1;
                }
                Ok(Expression::Text(text))
            }
            Token::Number(number) => Ok(number.map_or(Expression::Constant, Expression::Number)),
            Token::Sign("(") => {
                if self.skip(")") {
                    return Ok(Expression::List(Vec::new()));
                }
                let inner = self.tuple()?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Sign("[") => {
                let mut items = Vec::new();
                while !self.skip("]") {
                    items.push(self.expression()?);
                    if !self.is_sign("]") {
                        self.expect(",")?;
                    }
                }
                Ok(Expression::List(items))
            }
            Token::Sign("{") => self.dictionary(),
            _ => Err(Problem::Syntax(at)),
        }
    }

    fn dictionary(&mut self) -> Parsed<Expression> {
        let mut items = Vec::new();
        while !self.skip("}") {
            let key = self.expression()?;
            self.expect(":")?;
            items.push((key, self.expression()?));
            if !self.is_sign("}") {
                self.expect(",")?;
            }
        }
        Ok(Expression::Dictionary(items))
    }
}
