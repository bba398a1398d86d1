//! Reads templates as Jinja does for Python, without rendering them: what they emit, when, and what they reach for.
//!
//! The tree is flat where templates are long (chains of attributes, sums) and bounded where they are deep, so that whoever
//! walks it needs no care.

mod lexer;
mod parser;

/// The longest template that is read.
pub const LONGEST: usize = 1 << 20;

/// Why a template cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is longer than what is read.
    #[error("the template is too long")]
    TooLong,
    /// Something in it is nested deeper than what is read.
    #[error("the template is nested too deep at byte {0}")]
    TooDeep(usize),
    /// Something in it is not Jinja.
    #[error("the template is not Jinja at byte {0}")]
    Syntax(usize),
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it begins: bytes from the beginning of the template.
    pub at: usize,
    /// What it is.
    pub kind: NodeKind,
}

/// What a part of a template is.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Text that is emitted as it is.
    Text(String),
    /// `{{ … }}`.
    Output(Expression),
    /// `{% for … in … if … %}`.
    For {
        /// What each item is bound to.
        target: Expression,
        /// What is gone through.
        over: Expression,
        /// Which items are taken.
        when: Option<Expression>,
        /// What is done with each, then what is done when there was none.
        body: Vec<Node>,
    },
    /// `{% if … %}…{% elif … %}…{% else %}…`: the last condition may be none.
    If(Vec<(Option<Expression>, Vec<Node>)>),
    /// `{% set … = … %}`, or with a body instead of a value; `{% with %}` as well.
    Set {
        /// What is bound.
        target: Expression,
        /// To what.
        value: Option<Expression>,
        /// To the text of what.
        body: Vec<Node>,
    },
    /// `{% macro name(…) %}`.
    Macro {
        /// The name.
        name: String,
        /// Its parameters, with what they are when nothing is given.
        parameters: Vec<(String, Option<Expression>)>,
        /// What it emits.
        body: Vec<Node>,
    },
    /// A block with a tag that only wraps: `call`, `filter`, `generation`, `autoescape`, `block`, `do`.
    Block {
        /// The tag.
        tag: String,
        /// What stands in the tag.
        expressions: Vec<Expression>,
        /// What stands within it.
        body: Vec<Node>,
    },
    /// A tag that takes another template in: `include`, `import`, `from`, `extends`.
    Load {
        /// The tag.
        tag: String,
        /// From where.
        from: Expression,
    },
    /// A tag that Jinja itself does not have.
    Unknown(String),
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A text that is written out.
    Text(String),
    /// A number.
    Number(i64),
    /// `true`, `false`, `none`, or a number with a fraction.
    Constant,
    /// A variable.
    Name(String),
    /// A list or tuple.
    List(Vec<Expression>),
    /// A dictionary.
    Dictionary(Vec<(Expression, Expression)>),
    /// Something, and what is asked of it step by step.
    Path(Box<Expression>, Vec<Step>),
    /// Operands with operators between, of one rank: `a + b - c`.
    Operation(Vec<&'static str>, Vec<Expression>),
    /// `not …`, `-…`.
    Not(Box<Expression>),
    /// `then if condition else otherwise`: condition, then, otherwise.
    Choice(Box<[Expression; 3]>),
}

/// What is asked of something.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// `.name`
    Attribute(String),
    /// `[…]`
    Item(Expression),
    /// `[…:…:…]`
    Slice(Vec<Option<Expression>>),
    /// `(…)`
    Call(Arguments),
    /// `| name(…)`
    Filter(String, Arguments),
    /// `is name(…)`
    Test(String, Arguments),
}

/// What is given to a call, filter or test.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arguments {
    /// By place.
    pub values: Vec<Expression>,
    /// By name; `*` and `**` for what is spread.
    pub named: Vec<(String, Expression)>,
}

/// The parts of a template.
///
/// ```
/// # use limpide_formats::jinja::{NodeKind, read};
/// let nodes = read("Hello {{ name | upper }}")?;
/// assert_eq!(nodes[0].kind, NodeKind::Text("Hello ".to_owned()));
/// # Ok::<(), limpide_formats::jinja::Problem>(())
/// ```
///
/// # Errors
/// When it is too long, too deep, or no template.
pub fn read(template: &str) -> Result<Vec<Node>, Problem> {
    if template.len() > LONGEST {
        return Err(Problem::TooLong);
    }
    parser::Parser::new(lexer::tokens(template)?).template()
}
