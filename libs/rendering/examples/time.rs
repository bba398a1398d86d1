//! How long hostile texts take: `cargo run --release -p limpide-rendering --example time`.

#![allow(clippy::print_stdout, reason = "it is for a person at a terminal")]

use std::time::Instant;

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
    ("", "- ", ""),
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
];

fn main() {
    let words = Words::ENGLISH;
    let place = Place { files: "/a/b/blob/main/", bytes: "/a/b/resolve/main/", folder: "", words: &words };
    for (before, again, after) in TEXTS {
        let text = format!("{before}{}{after}", again.repeat(MIB / again.len()));
        timed("markdown", &format!("{before}{again}"), || markdown::render(&text, &place).html.len());
    }
    let nested = format!("{}{}", "- ".repeat(1000), "\n".repeat(MIB / 2));
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
    let start = Instant::now();
    let length = act();
    println!("{:>8.3} s {:>10} bytes  {what} {name:?}", start.elapsed().as_secs_f64(), length);
}
