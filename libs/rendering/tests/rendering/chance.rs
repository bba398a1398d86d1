//! Texts made by chance, from pieces that mean something.

use proptest::prelude::*;

use crate::properties;

/// Pieces of Markdown and of HTML, harmless and not.
const PIECES: &[&str] = &[
    "\n",
    "\n\n",
    " ",
    "    ",
    "a",
    "Z",
    "é",
    "\u{202E}",
    "\0",
    "\t",
    "# ",
    "## ",
    "> ",
    ">",
    "- ",
    "1. ",
    "- [x] ",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```\n",
    "```math\n",
    "$",
    "$$",
    "|",
    "|-|-|\n",
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "]: ",
    "[^a]",
    "[^a]: ",
    "> [!NOTE]\n",
    "\\",
    "&",
    "&lt;",
    "&#x6A;",
    "<",
    ">",
    "\"",
    "'",
    "=",
    "/",
    "//evil.org/",
    "https://a.b/",
    "www.a.b",
    "javascript:",
    "JaVa\tScRiPt:alert(1)",
    "data:text/html,x",
    "../",
    "..%2f",
    "%",
    "#a",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<svg>",
    "</svg>",
    "<svg/onload=alert(1)>",
    "<math>",
    "</math>",
    "<mtext>",
    "</mtext>",
    "<mglyph>",
    "<mi>",
    "<annotation-xml encoding=text/html>",
    "<noscript>",
    "</noscript>",
    "<title>",
    "</title>",
    "<textarea>",
    "<template>",
    "<iframe>",
    "<xmp>",
    "<plaintext>",
    "<form>",
    "<input>",
    "<select>",
    "<option>",
    "<button>",
    "<base href=//evil>",
    "<meta http-equiv=refresh content=0>",
    "<a href=",
    "<a name=x>",
    "</a>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"",
    "<div align=center>",
    "</div>",
    "<p style=color:red>",
    "</p>",
    "<b>",
    "</b>",
    "<i id=x>",
    "</i>",
    "<h1>",
    "</h1>",
    "<h2 id=y>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "<caption>",
    "<colgroup>",
    "<col>",
    "<tbody>",
    "<ul>",
    "</ul>",
    "<li>",
    "<ol>",
    "<dl>",
    "<dt>",
    "<dd>",
    "<details>",
    "<summary>",
    "</details>",
    "<pre>",
    "</pre>",
    "<code>",
    "<br>",
    "<hr>",
    "<ruby>",
    "<rt>",
    "<video src=x>",
    "</video>",
    "<source src=y>",
    "<center>",
    "<nobr>",
    "<font>",
    "<frameset>",
    "<body onload=x>",
    "<html>",
    "<head>",
    "<!--",
    "-->",
    "<!doctype html>",
    "<![CDATA[",
    "]]>",
    "<?x",
    "\\frac",
    "{",
    "}",
    "^",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\href{x}",
    "\\left(",
    "---\n",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn pieces_in_any_order_become_what_a_page_may_hold(text in pieces()) {
        properties::markdown(text.as_bytes());
    }

    #[test]
    fn any_bytes_become_what_a_page_may_hold(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        properties::markdown(&bytes);
    }

    #[test]
    fn pieces_in_any_language_keep_their_lines(language in any::<u8>(), text in pieces()) {
        properties::code(&[&[language], text.as_bytes()].concat());
    }

    #[test]
    fn pieces_in_cells_become_what_a_page_may_hold(text in pieces(), output in pieces()) {
        let notebook = serde_json::json!({"cells": [
            {"cell_type": "markdown", "source": text},
            {"cell_type": "markdown", "source": [text, output]},
            {"cell_type": "code", "source": text, "outputs": [{"output_type": "stream", "text": output}]},
        ]});
        assert!(properties::notebook(notebook.to_string().as_bytes()));
    }
}
