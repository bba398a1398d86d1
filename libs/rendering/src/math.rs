//! Formulas as MathML, or as their source where they cannot be read.

use std::sync::LazyLock;
use std::{panic, thread};

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use crate::escape::push_escaped;

/// How long a formula may be.
const LONGEST: usize = 2000;

/// A formula of no more parts than these is read at once. What reads formulas calls itself for each part in a part,
/// and needs up to 32 KiB for it in an unoptimised build: longer ones get a stack for as many as they could have.
const FEW: usize = 24;
const ROOM: usize = 128 * 1024 * 1024;

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
fn push_source(html: &mut String, source: &str) {
    html.push_str("<code class=\"math\">");
    push_escaped(html, source.trim());
    html.push_str("</code>");
}

fn formula(source: &str, display: MathDisplay) -> Option<String> {
    if source.len() > LONGEST || source.contains('\0') {
        return None;
    }
    let opens = |byte: &u8| !byte.is_ascii_alphanumeric() && !byte.is_ascii_whitespace();
    if source.bytes().filter(|byte| opens(byte)).count() <= FEW {
        // A formula that breaks its reader is shown as its source, and the rest of the text with it.
        return panic::catch_unwind(|| convert(source, display)).ok()?;
    }
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(ROOM).spawn_scoped(scope, || convert(source, display));
        reader.ok()?.join().ok()?
    })
}

fn convert(source: &str, display: MathDisplay) -> Option<String> {
    let converter = CONVERTER.as_ref()?;
    converter.convert_with_local_state(source, display).ok().map(|result| result.mathml)
}
