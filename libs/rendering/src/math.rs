//! Formulas as MathML, or as their source where they cannot be read.

use std::sync::LazyLock;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use crate::escape::push_escaped;

/// How long a formula may be. What reads formulas calls itself for each part within a part.
const LONGEST: usize = 2000;

/// How deep parts may lie within parts, counted generously: any run of commands or opened groups.
const DEEPEST: usize = 60;

static CONVERTER: LazyLock<Option<LatexToMathML>> =
    LazyLock::new(|| LatexToMathML::new(MathCoreConfig::default()).ok());

/// Adds a formula to the HTML, within its line or by itself.
pub(crate) fn push_formula(html: &mut String, source: &str, by_itself: bool) {
    let display = if by_itself { MathDisplay::Block } else { MathDisplay::Inline };
    match formula(source, display) {
        Some(formula) if by_itself => {
            html.push_str("<span class=\"math-block\">");
            html.push_str(&formula);
            html.push_str("</span>");
        }
        Some(formula) => html.push_str(&formula),
        None => push_source(html, source),
    }
}

/// Adds the source of a formula to the HTML.
pub(crate) fn push_source(html: &mut String, source: &str) {
    html.push_str("<code class=\"math\">");
    push_escaped(html, source.trim());
    html.push_str("</code>");
}

fn formula(source: &str, display: MathDisplay) -> Option<String> {
    if source.len() > LONGEST || depth(source) > DEEPEST || source.contains('\0') {
        return None;
    }
    let converter = CONVERTER.as_ref()?;
    converter.convert_with_local_state(source, display).ok().map(|result| result.mathml)
}

/// How deep a reader may have to go: groups that are open, and what stands in a row without an end, such as
/// `\sqrt\sqrt\sqrt x`.
fn depth(source: &str) -> usize {
    let (mut open, mut row, mut deepest) = (0_usize, 0_usize, 0_usize);
    for byte in source.bytes() {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            b'\\' | b'^' | b'_' | b'\'' => row += 1,
            b' ' | b'\n' => {}
            byte if byte.is_ascii_alphabetic() => {}
            _ => row = 0,
        }
        deepest = deepest.max(open + row / 2);
    }
    deepest
}
