//! Cards as people write them.

use limpide_rendering::markdown::{Heading, LONGEST, render, render_all};
use limpide_rendering::{Place, Words};

use crate::{PLACE, html, rendered};

#[test]
fn front_matter_is_not_shown() {
    assert_eq!(html("---\nlicense: mit\n---\nText"), "<p>Text</p>\n");
    assert_eq!(html("\u{FEFF}---\r\nlicense: mit\r\n---\r\nText"), "<p>Text</p>\n");
    assert!(html("---\nno end").contains("no end"));
}

#[test]
fn headings_go_one_level_down_and_have_an_id_each() {
    let document =
        rendered("# Tiny *model*\n\n## Use\n\n<h1 align=\"center\">Use</h1>\n\n###### Deep\n\n# ☃");
    let heading = |level, id: &str, text: &str| Heading { level, id: id.to_owned(), text: text.to_owned() };
    assert_eq!(
        document.headings,
        [
            heading(2, "user-content-tiny-model", "Tiny model"),
            heading(3, "user-content-use", "Use"),
            heading(2, "user-content-use-1", "Use"),
            heading(6, "user-content-deep", "Deep"),
            heading(2, "user-content-section", "☃"),
        ]
    );
    assert!(document.html.contains("<h2 id=\"user-content-use-1\" class=\"align-center\">Use</h2>"));
}

#[test]
fn a_header_that_heads_nothing_is_a_plain_cell() {
    let text = html("| | a |\n|:-:|---|\n| 1 | 2 |\n");
    assert!(text.contains("<td class=\"align-center\"></td><th>a</th>"), "{text}");
    let text = html("<table><tr><th scope=row> </th><th scope=row>b</th><th><b>c</b></th></tr></table>");
    assert!(text.contains("<td> </td><th scope=\"row\">b</th><th><b>c</b></th>"), "{text}");
}

#[test]
fn tables_scroll_within_a_named_region() {
    let table = html("| a | b |\n|:-:|--:|\n| 1 | `2` |");
    assert!(
        table.starts_with(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table 1\"><table><thead><tr>"
        ),
        "{table}"
    );
    assert!(table.contains("<th class=\"align-center\">a</th><th class=\"align-right\">b</th>"), "{table}");
    assert!(html("|a|\n|-|\n\n|b|\n|-|").contains("aria-label=\"Table 2\""));
}

#[test]
fn tasks_are_read_aloud_and_cannot_be_ticked() {
    let tasks = html("- [x] weights\n- [ ] data");
    assert!(
        tasks.contains("<span role=\"img\" aria-label=\"Done\" class=\"task\">☑</span> weights"),
        "{tasks}"
    );
    assert!(tasks.contains("aria-label=\"To do\" class=\"task\">☐</span> data"), "{tasks}");
    assert!(!tasks.contains("<input"));
}

#[test]
fn alerts_have_titles_in_the_language_of_the_page() {
    let french = Words::FRENCH;
    let place = Place { files: "/f/", bytes: "/b/", folder: "", words: &french };
    let alert = render("> [!WARNING]\n> Chaud.", &place).html;
    assert_eq!(
        alert,
        "<blockquote class=\"alert alert-warning\">\n<p class=\"alert-title\">Avertissement</p>\n<p>Chaud.</p>\n\
         </blockquote>\n"
    );
}

#[test]
fn footnotes_stand_at_the_end_and_lead_back() {
    let text = html("One[^b], two[^a], one[^b].\n\n[^a]: Aye.\n[^b]: Bee.\n[^c]: Unused.");
    assert!(
        text.contains("<sup><a href=\"#user-content-fn-1-1\" id=\"user-content-fnref-1-1\">1</a></sup>"),
        "{text}"
    );
    let list = text.split("<ol class=\"footnotes\">").nth(1).unwrap();
    assert!(list.find("Bee").unwrap() < list.find("Aye").unwrap(), "{list}");
    assert!(list.contains("aria-label=\"Back to reference 1\" class=\"footnote-back\">↩</a>"), "{list}");
    assert!(!text.contains("Unused"));
}

#[test]
fn bare_addresses_become_links() {
    let text = html("See https://example.org/a_b_(c)). Or www.example.org, `https://not.this`.");
    assert!(
        text.contains("<a href=\"https://example.org/a_b_(c)\" rel=\"nofollow ugc noopener noreferrer\">"),
        "{text}"
    );
    assert!(text.contains("</a>). Or <a href=\"http://www.example.org/\""), "{text}");
    assert!(text.contains("<code>https://not.this</code>"), "{text}");
}

#[test]
fn harmless_html_of_cards_is_kept() {
    let text = html(
        "<div align=\"center\">\n<img src=\"logo.png\" width=\"200\" alt=\"Logo\">\n\n# Tiny\n\n</div>\n\n\
         <details open><summary>More</summary>\n\nH<sub>2</sub>O <kbd>Ctrl</kbd><br>\n\n</details>",
    );
    assert!(text.contains("<div class=\"align-center\">"), "{text}");
    assert!(
        text.contains(
            "<img src=\"/ada/tiny/resolve/main/docs/logo.png\" alt=\"Logo\" width=\"200\" loading=\"lazy\">"
        ),
        "{text}"
    );
    assert!(text.contains("<details open=\"\"><summary>More</summary>"), "{text}");
    assert!(text.contains("H<sub>2</sub>O <kbd>Ctrl</kbd><br>"), "{text}");
}

#[test]
fn code_is_coloured_and_can_be_reached() {
    let text = html("```python\ndef f(): pass\n```");
    assert!(text.contains("<pre tabindex=\"0\" role=\"group\" aria-label=\"Code\"><code>"), "{text}");
    assert!(
        text.contains("<span class=\"hl-keyword\">def</span> <span class=\"hl-function\">f</span>"),
        "{text}"
    );
    assert!(html("    a < b").contains("a &lt; b"));
}

#[test]
fn a_formula_goes_on_behind_a_space() {
    let text = html("$a\\,b$ and <math><mi>a</mi><mspace width=1em /><mi>b</mi><mrow/><mi>c</mi></math>");
    assert!(text.contains("em\"></mspace><mi>b</mi></math>"), "{text}");
    let written = "<mi>a</mi><mspace width=\"1em\"></mspace><mi>b</mi><mrow></mrow><mi>c</mi></math>";
    assert!(text.contains(written), "{text}");
}

#[test]
fn formulas_are_mathml_or_their_source() {
    let text = html("Euler: $e^{i\\pi}+1=0$, costs 5$ or 6$.\n\n$$\\frac{a}{b}$$\n\n```math\nx^2\n```");
    assert!(text.contains("<math><"), "{text}");
    assert!(text.contains("<mfrac><mi>a</mi><mi>b</mi></mfrac>"), "{text}");
    assert_eq!(
        text.matches("<span class=\"math-block\" tabindex=\"0\"><math display=\"block\">").count(),
        2,
        "{text}"
    );
    assert!(html("$\\nothing{x}$").contains("<code class=\"math\">\\nothing{x}</code>"));
}

#[test]
fn a_long_text_is_cut_at_a_line() {
    let document = rendered(&"é line\n".repeat(LONGEST / 6));
    assert!(document.truncated);
    assert!(document.html.ends_with("line</p>\n"));
}

#[test]
fn texts_of_one_page_share_no_id() {
    let [first, second] = &*render_all(&["# A\n\nb[^c]\n\n[^c]: d"; 2], &PLACE) else { panic!() };
    assert_eq!((&*first.headings[0].id, &*second.headings[0].id), ("user-content-a", "user-content-a-1"));
    assert!(first.html.contains("#user-content-fn-1-1") && second.html.contains("#user-content-fn-2-1"));
}
