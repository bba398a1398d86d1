//! Literals of Python: texts, whole numbers, yes and no, tuples, lists and dicts of them.

/// A literal nested deeper than this is none.
const DEEPEST: usize = 32;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    Text(String),
    Int(i128),
    /// `True`, `False` or `None`.
    Word,
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

impl Literal {
    /// The one literal that a text is, with spaces around it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text, depth: 0 };
        let literal = parser.value()?;
        parser.spaces();
        parser.rest.is_empty().then_some(literal)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn int(&self) -> Option<i128> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn value(&mut self) -> Option<Literal> {
        self.spaces();
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let value = match self.rest.chars().next()? {
            '{' => self.dict(),
            '(' => self.tuple(),
            '[' => self.items('[', ']').map(|(items, _)| Literal::List(items)),
            '\'' | '"' | 'b' | 'u' => self.text(),
            '-' | '0'..='9' => self.int(),
            _ => self.word(),
        };
        self.depth -= 1;
        value
    }

    /// One value in brackets without a comma is that value.
    fn tuple(&mut self) -> Option<Literal> {
        let (mut items, ends_with_comma) = self.items('(', ')')?;
        match items.len() {
            1 if !ends_with_comma => items.pop(),
            _ => Some(Literal::Tuple(items)),
        }
    }

    fn items(&mut self, open: char, close: char) -> Option<(Vec<Literal>, bool)> {
        let (mut items, mut ends_with_comma) = (Vec::new(), false);
        self.eats(open).then_some(())?;
        while !self.eats(close) {
            if !items.is_empty() && !ends_with_comma {
                return None;
            }
            items.push(self.value()?);
            ends_with_comma = self.eats(',');
        }
        Some((items, ends_with_comma))
    }

    fn dict(&mut self) -> Option<Literal> {
        let (mut entries, mut ends_with_comma) = (Vec::new(), true);
        self.eats('{').then_some(())?;
        while !self.eats('}') {
            if !ends_with_comma {
                return None;
            }
            let key = self.value()?;
            self.eats(':').then_some(())?;
            entries.push((key, self.value()?));
            ends_with_comma = self.eats(',');
        }
        Some(Literal::Dict(entries))
    }

    /// A text; of its escapes, those of the sign itself, the backslash and numbers.
    fn text(&mut self) -> Option<Literal> {
        self.rest = self.rest.trim_start_matches(['b', 'u']);
        let mut signs = self.rest.chars();
        let quote = signs.next().filter(|sign| matches!(sign, '\'' | '"'))?;
        let mut text = String::new();
        loop {
            match signs.next()? {
                '\\' => match signs.next()? {
                    sign @ ('\\' | '\'' | '"') => text.push(sign),
                    'x' => text.push(code(&mut signs, 2)?),
                    'u' => text.push(code(&mut signs, 4)?),
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    _ => return None,
                },
                sign if sign == quote => break,
                sign => text.push(sign),
            }
        }
        self.rest = signs.as_str();
        Some(Literal::Text(text))
    }

    /// A whole number; Python 2 wrote an `L` behind long ones.
    fn int(&mut self) -> Option<Literal> {
        let length =
            self.rest.find(|sign: char| sign != '-' && !sign.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest.strip_prefix('L').unwrap_or(rest);
        digits.parse().ok().map(Literal::Int)
    }

    fn word(&mut self) -> Option<Literal> {
        let rest = ["True", "False", "None"].iter().find_map(|word| self.rest.strip_prefix(word))?;
        self.rest = rest;
        Some(Literal::Word)
    }

    fn spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eats(&mut self, sign: char) -> bool {
        self.spaces();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

/// A sign by its number of so many digits.
fn code(signs: &mut std::str::Chars<'_>, length: usize) -> Option<char> {
    let digits: String = signs.take(length).collect();
    (digits.len() == length).then(|| u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)).flatten()
}
