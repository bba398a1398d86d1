use super::*;

fn read(text: &str) -> Document {
    Document::read(text).unwrap()
}

const CARD: &str = "---
license: mit
---
Before.

# Tiny *model*

By [Ada](https://example.org/ada), see https://arxiv.org/abs/2301.00001. And <https://example.org/b>.

## Training

- **Data:** [More Information Needed]
- **Steps:** seven

![A curve](curve.png)

| Metric | Value |
|---|---|
| accuracy | `0.90` |
| [F1](https://example.org/f1) | 0.8 |

### Code

```Python title=\"x\"
# https://example.org/in-code [More Information Needed]
```

Use
----
<!-- Say [More information needed] here. -->
<p align=\"center\">Some <b>words</b> <a href='https://example.org/html'>x</a><img src=\"logo.svg\"></p>
";

#[test]
fn sections_go_from_heading_to_heading() {
    let card = read(CARD);
    let sections: Vec<_> = card.sections.iter().map(|section| (section.level, &*section.heading)).collect();
    assert_eq!(sections, [(0, ""), (1, "Tiny model"), (2, "Training"), (3, "Code"), (2, "Use")]);
    assert_eq!(&CARD[card.sections[0].body.clone()], "Before.\n\n");
    assert_eq!(CARD[card.sections[3].heading_span.clone()].trim_end(), "### Code");
    assert!(CARD[card.sections[3].body.clone()].trim().starts_with("```Python"));
    let under: Vec<_> = card.under(1).iter().map(|section| &*section.heading).collect();
    assert_eq!(under, ["Training", "Code", "Use"]);
    assert_eq!(card.under(2).len(), 1);
    assert!(card.under(4).is_empty() && card.under(9).is_empty());
    assert_eq!(card.left_out, 0);
}

#[test]
fn prose_is_what_somebody_wrote() {
    let prose: Vec<_> = read(CARD).sections.iter().map(|section| section.prose).collect();
    // `Steps: seven` is text, the label of a placeholder is not; nor are tables, code and comments.
    let first = "ByAda,seehttps://arxiv.org/abs/2301.00001.Andhttps://example.org/b.".len() as u64;
    assert_eq!(prose, [7, first, 11, 0, 10]);
    let of = |text: &str| read(text).sections.iter().map(|section| section.prose).sum::<u64>();
    assert_eq!(of("[More Information Needed]"), 0);
    assert_eq!(of("Developed by: [More Information Needed](https://example.org/why)"), 0);
    assert_eq!(of("[More Information Needed](https://example.org/why)"), 0);
    assert_eq!(of("Known in part. [More Information Needed]"), 12);
    assert_eq!(of("<!-- a\n\nb -->\n"), 0);
}

#[test]
fn links_and_images_are_told_with_their_places() {
    let card = read(CARD);
    let links: Vec<_> = card.links.iter().map(|link| (&*link.target, &*link.text)).collect();
    let expected = [
        ("https://example.org/ada", "Ada"),
        ("https://arxiv.org/abs/2301.00001", "https://arxiv.org/abs/2301.00001"),
        ("https://example.org/b", "https://example.org/b"),
        ("https://example.org/f1", "F1"),
        ("https://example.org/html", ""),
    ];
    assert_eq!(links, expected);
    assert_eq!(&CARD[card.links[0].span.clone()], "[Ada](https://example.org/ada)");
    assert_eq!(&CARD[card.links[1].span.clone()], "https://arxiv.org/abs/2301.00001");
    let images: Vec<_> = card.images.iter().map(|image| (&*image.target, &*image.text)).collect();
    assert_eq!(images, [("curve.png", "A curve"), ("logo.svg", "")]);
}

#[test]
fn an_address_ends_before_the_sentence_does() {
    for (text, expected) in [
        ("(see https://example.org/a_(b)_c).", "https://example.org/a_(b)_c"),
        ("http://example.org/?q=1&r=2!", "http://example.org/?q=1&r=2"),
        ("**https://example.org/a**", "https://example.org/a"),
        ("httphttps://example.org", "https://example.org"),
    ] {
        assert_eq!(
            read(text).links.iter().map(|link| &*link.target).collect::<Vec<_>>(),
            [expected],
            "{text}"
        );
    }
    for none in
        ["https://", "http:/example.org", "`https://example.org`", "https", "![https://example.org](a)"]
    {
        assert_eq!(read(none).links, [], "{none}");
    }
}

#[test]
fn tables_and_code_are_told_with_their_places() {
    let card = read(CARD);
    let [table] = &*card.tables else { panic!("{:?}", card.tables) };
    assert_eq!(table.header, ["Metric", "Value"]);
    assert_eq!(table.rows, [["accuracy", "0.90"], ["F1", "0.8"]]);
    assert!(CARD[table.span.clone()].starts_with("| Metric"));
    let [code] = &*card.code_blocks else { panic!("{:?}", card.code_blocks) };
    assert_eq!(code.language.as_deref(), Some("python"));
    assert_eq!(&CARD[code.text.clone()], "# https://example.org/in-code [More Information Needed]\n");
    assert_eq!(read("    indented\n").code_blocks[0].language, None);
    let empty = &read("```\n```\n").code_blocks[0];
    assert!(empty.text.is_empty());
}

#[test]
fn placeholders_are_told_where_a_reader_sees_them() {
    let text = "# A\n[More Information Needed]\n\n[more information needed](https://example.org)\n\n`x`\n";
    let places: Vec<_> = read(text).placeholders.into_iter().map(|span| &text[span]).collect();
    assert_eq!(places, ["[More Information Needed]", "[more information needed](https://example.org)"]);
    assert!(read("```\n[More Information Needed]\n```\n").placeholders.is_empty());
}

#[test]
fn what_is_too_long_or_too_deep_is_refused() {
    let long = "x".repeat(LONGEST_DOCUMENT + 1);
    assert_eq!(Document::read(&long), Err(DocumentProblem::TooLong(LONGEST_DOCUMENT + 1)));
    for sign in [">", "> ", "- ", "1. ", "* a", "![", "**a *"] {
        let text =
            format!("---\na: 1\n---\n{}a{}", sign.repeat(200), "](b)".repeat(200) + &"* b** ".repeat(200));
        let deep = Document::read(&text);
        let opens = !sign.contains('a') || sign.contains("**");
        assert_eq!(matches!(deep, Err(DocumentProblem::TooDeep { offset }) if offset >= 13), opens, "{sign}");
    }
    assert!(Document::read(&format!("{}\n{}\n", "-".repeat(500), "* ".repeat(50))).is_ok());
}

#[test]
fn parts_beyond_the_limits_are_counted() {
    let links = read(&"[a](b) ".repeat(MOST + 2));
    assert_eq!((links.links.len(), links.left_out), (MOST, 2));
    let sections = read(&"# a\nb\n".repeat(MOST + 3));
    assert_eq!((sections.sections.len(), sections.left_out), (MOST - 1, 4));
    let table = read(&format!("|a|b|\n|-|-|\n{}", "|c|d|\n".repeat(MOST_CELLS / 2 + 1)));
    assert_eq!((table.tables[0].rows.iter().flatten().count(), table.left_out), (MOST_CELLS - 2, 4));
}
