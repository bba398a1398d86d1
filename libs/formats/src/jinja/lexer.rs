//! Cuts a template into tokens, as Jinja does.

use super::Problem;

/// A token, and where it begins.
pub(super) type Placed = (usize, Token);

/// The smallest part of a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Data(String),
    OutputBegin,
    TagBegin,
    /// The end of an output or a tag.
    Close,
    Name(String),
    Text(String),
    Number(Option<i64>),
    Sign(&'static str),
    End,
}

const SIGNS: [&str; 28] = [
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
    "=", ".", ":", "|", ",", ";", "!", "&",
];

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Placed>,
}

/// The tokens of a template.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Problem> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    while lexer.at < text.len() {
        lexer.data()?;
    }
    lexer.push(text.len(), Token::End);
    Ok(lexer.tokens)
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, at: usize, token: Token) {
        self.tokens.push((at, token));
    }

    /// Text up to the next mark, and what the mark begins.
    fn data(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        let places = rest.match_indices('{').map(|(at, _)| at);
        let mark = places
            .filter_map(|at| Some((at, rest.as_bytes().get(at + 1)?)))
            .find(|(_, next)| matches!(next, b'{' | b'%' | b'#'));
        let Some((length, next)) = mark else {
            self.push(self.at, Token::Data(rest.to_owned()));
            self.at = self.text.len();
            return Ok(());
        };
        if length > 0 {
            self.push(self.at, Token::Data(rest[..length].to_owned()));
        }
        let begin = self.at + length;
        self.at = begin + 2;
        match next {
            b'#' => {
                let end = self.rest().find("#}").ok_or(Problem::Syntax(begin))?;
                self.at += end + 2;
                Ok(())
            }
            b'{' => self.inside(begin, "}}"),
            _ if self.raw()? => Ok(()),
            _ => self.inside(begin, "%}"),
        }
    }

    /// `{% raw %}`: text up to `{% endraw %}`, whatever stands there.
    fn raw(&mut self) -> Result<bool, Problem> {
        let Some((length, true)) = bare_tag(self.rest(), "raw") else { return Ok(false) };
        let begin = self.at;
        self.at += length;
        let rest = self.rest();
        let ends = rest.match_indices("{%").find_map(|(at, _)| {
            let (length, _) = bare_tag(&rest[at + 2..], "endraw").filter(|(_, closes)| *closes)?;
            Some((at, at + 2 + length))
        });
        let (end, after) = ends.ok_or(Problem::Syntax(begin))?;
        self.push(self.at, Token::Data(rest[..end].to_owned()));
        self.at += after;
        Ok(true)
    }

    /// Tokens up to the mark that closes; braces of dictionaries come first.
    fn inside(&mut self, begin: usize, close: &str) -> Result<(), Problem> {
        self.push(begin, if close == "}}" { Token::OutputBegin } else { Token::TagBegin });
        if self.rest().starts_with(['-', '+']) {
            self.at += 1;
        }
        let mut open = 0_usize;
        loop {
            self.skip_space();
            let rest = self.rest();
            if rest.is_empty() {
                return Err(Problem::Syntax(begin));
            }
            let strip = usize::from(rest.starts_with(['-', '+']));
            if open == 0 && rest[strip..].starts_with(close) {
                self.push(self.at, Token::Close);
                self.at += strip + close.len();
                return Ok(());
            }
            match self.token()? {
                "(" | "[" | "{" => open += 1,
                ")" | "]" | "}" => open = open.checked_sub(1).ok_or(Problem::Syntax(self.at))?,
                _ => {}
            }
        }
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// One token of an expression; its sign, if it is one.
    fn token(&mut self) -> Result<&'static str, Problem> {
        let (begin, rest) = (self.at, self.rest());
        let first = rest.chars().next().ok_or(Problem::Syntax(begin))?;
        if first == '"' || first == '\'' {
            let (text, length) = quoted(rest, first).ok_or(Problem::Syntax(begin))?;
            self.at += length;
            self.push(begin, Token::Text(text));
        } else if first.is_ascii_digit() {
            let number = number(rest);
            self.at += number.len();
            self.push(begin, Token::Number(integer(number)));
        } else if first == '_' || first.is_alphabetic() {
            let end = rest.find(|sign: char| sign != '_' && !sign.is_alphanumeric()).unwrap_or(rest.len());
            self.at += end;
            self.push(begin, Token::Name(rest[..end].to_owned()));
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or(Problem::Syntax(begin))?;
            self.at += sign.len();
            self.push(begin, Token::Sign(sign));
            return Ok(sign);
        }
        Ok("")
    }
}

/// How long a tag with this name and nothing else is, after `{%`; and whether it closes.
fn bare_tag(rest: &str, name: &str) -> Option<(usize, bool)> {
    let inner = rest.strip_prefix(['-', '+']).unwrap_or(rest).trim_start().strip_prefix(name)?;
    let inner = inner.trim_start();
    let inner = inner.strip_prefix(['-', '+']).unwrap_or(inner);
    let after = inner.strip_prefix("%}");
    Some((rest.len() - after.unwrap_or(inner).len(), after.is_some()))
}

/// The digits of a number, with `_`, a fraction and an exponent; hexadecimal and others too.
fn number(rest: &str) -> &str {
    let mut end = 0;
    let bytes = rest.as_bytes();
    while let Some(byte) = bytes.get(end) {
        let is_fraction = *byte == b'.' && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !byte.is_ascii_alphanumeric() && *byte != b'_' && !is_fraction {
            break;
        }
        end += 1;
    }
    &rest[..end]
}

fn integer(digits: &str) -> Option<i64> {
    let digits = digits.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match digits.as_bytes() {
        [b'0', b'x', ..] => (&digits[2..], 16),
        [b'0', b'o', ..] => (&digits[2..], 8),
        [b'0', b'b', ..] => (&digits[2..], 2),
        _ => (&*digits, 10),
    };
    i64::from_str_radix(digits, radix).ok()
}

/// A quoted text with its escapes undone, as Python would; and how long it is with its quotes.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut signs = rest.char_indices().skip(1);
    while let Some((at, sign)) = signs.next() {
        if sign == quote {
            return Some((text, at + 1));
        }
        if sign != '\\' {
            text.push(sign);
            continue;
        }
        let (at, sign) = signs.next()?;
        let digits = match sign {
            'n' => Ok('\n'),
            't' => Ok('\t'),
            'r' => Ok('\r'),
            'b' => Ok('\u{8}'),
            'f' => Ok('\u{c}'),
            'v' => Ok('\u{b}'),
            'a' => Ok('\u{7}'),
            '\n' => continue,
            'x' => Err((at + 1, 2, 16)),
            'u' => Err((at + 1, 4, 16)),
            'U' => Err((at + 1, 8, 16)),
            '0'..='7' => Err((at, octal_length(&rest[at..]), 8)),
            '\\' | '\'' | '"' => Ok(sign),
            other => {
                text.push('\\');
                Ok(other)
            }
        };
        match digits {
            Ok(sign) => text.push(sign),
            Err((begin, length, radix)) => {
                let digits = rest.get(begin..begin + length)?;
                text.push(char::from_u32(u32::from_str_radix(digits, radix).ok()?).unwrap_or('\u{fffd}'));
                let skip = begin + length - at - 1;
                if skip > 0 {
                    signs.nth(skip - 1);
                }
            }
        }
    }
    None
}

fn octal_length(rest: &str) -> usize {
    rest.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count()
}
