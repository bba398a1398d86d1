//! How long hostile texts take: `cargo run --release -p limpide-rendering --example time`.

#![allow(clippy::print_stdout, reason = "it is for a person at a terminal")]

use limpide_rendering::code::{Language, highlight};
use limpide_rendering::{Place, Words, markdown};

const MIB: usize = 1024 * 1024;

const TEXTS: &[(&str, &str, &str)] = &[
    ("", "[", ""),
    ("", "]", ""),
    ("", "![", ""),
    ("", "*", ""),
    ("", "*a ", ""),
    ("", "*a_b ", ""),
    ("", "`", ""),
    ("", "`a``b```c", ""),
    ("", "$", ""),
    ("", "$a$ ", ""),
    ("", "$$a$$\n\n", ""),
    ("", "\\", ""),
    ("", "~~a", ""),
    ("", ">", ""),
    ("", "> ", ""),
    ("", "+ ", ""),
    ("", "1. ", ""),
    ("", "- a\n", ""),
    ("", "<", ""),
    ("", "<a ", ""),
    ("", "<div>\n", ""),
    ("", "<b>", ""),
    ("", "<b title=a>x<p>", ""),
    ("", "<a href=x>", ""),
    ("", "<table><tr><td>", ""),
    ("<table>", "<tr>x", ""),
    ("<p><b><i><u><s><em>", "<div>x</div>", ""),
    ("", "<svg><style>", ""),
    ("", "<!--", ""),
    ("", "<?", ""),
    ("", "<![CDATA[", ""),
    ("", "</p>", ""),
    ("", "<h1 id=a>a</h1>\n", ""),
    ("", "# a\n", ""),
    ("", "&amp;", ""),
    ("", "a\u{300}", ""),
    ("", "[a](<b", ""),
    ("", "[a](b", ""),
    ("", "[a]: b\n", ""),
    ("[a]: b\n\n", "[a]", ""),
    ("", "[^a]", ""),
    ("", "[^a]: x\n\n", ""),
    ("", "|a", "\n|-"),
    ("|a|b|\n|-|-|\n", "|x|y|\n", ""),
    ("", "- [ ] x\n", ""),
    ("", "https://a.b/(( ", ""),
    ("", "https://", ""),
    ("", "www.", ""),
    ("", "``` py\nx = 1\n```\n", ""),
    ("``` py\n", "1,", ""),
    ("", "- a\n\n", ""),
    ("", "<details><summary>", ""),
    ("", "<math><mi>", ""),
    ("", "\0", ""),
    ("", "![a](https://b.c/d)", ""),
    ("", "a ", ""),
    ("# ", "&lt;", ""),
    ("", "<a id=a>", ""),
    ("", "<ul><p>", ""),
];

fn main() {
    let words = Words::ENGLISH;
    let place = Place { files: "/a/b/blob/main/", bytes: "/a/b/resolve/main/", folder: "", words: &words };
    for (before, again, after) in TEXTS {
        let text = format!("{before}{}{after}", again.repeat(MIB / again.len()));
        timed("markdown", &format!("{before}{again}"), || markdown::render(&text, &place).html.len());
    }
    let nested = format!("{}{}", "+ ".repeat(1000), "\n".repeat(MIB / 2));
    timed("markdown", "deep list, empty lines", || markdown::render(&nested, &place).html.len());
    let nested = format!("{}{}", "> ".repeat(100_000), "\n> a".repeat(MIB / 8));
    timed("markdown", "deep quote, many lines", || markdown::render(&nested, &place).html.len());
    for (again, name) in [("x = 1,'", "a.py"), ("{% \"", "a.html"), ("`](", "a.md"), ("/*", "a.rs")] {
        let line = again.repeat(4000 / again.len());
        let text = format!("{line}\n").repeat(128);
        timed("code", again, || highlight(&text, Language::of_file(name)).iter().map(String::len).sum());
    }
}

fn timed(what: &str, name: &str, act: impl FnOnce() -> usize) {
    let start = spent();
    let length = act();
    println!("{:>8.3} s {:>10} bytes  {what} {name:?}", spent() - start, length);
}

/// How long this thread has been running, whatever else the machine does.
fn spent() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds: Option<f64> = told.split(' ').next().and_then(|number| number.parse().ok());
    nanoseconds.unwrap_or_default() / 1e9
}
