//! Charts, drawn by the server as SVG: no script, no style of their own, a text for those who cannot see them.

use std::fmt::Write;

/// One bar of a chart: how it is called, and how many.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) class: String,
    pub(crate) count: i64,
    pub(crate) written: String,
}

/// Columns side by side, each with its number above and its name below. `says` is the whole in words.
pub(crate) fn columns(bars: &[Bar], says: &str) -> String {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    let (wide, high) = (64, 140);
    let width = wide * bars.len() as i64;
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg class=\"columns\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {width} {}\">",
        escaped(says),
        high + 48
    );
    for (index, bar) in bars.iter().enumerate() {
        let height = (bar.count * high / most).max(i64::from(bar.count > 0));
        let (left, top) = (wide * index as i64, 24 + high - height);
        let middle = left + wide / 2;
        let _ = write!(
            svg,
            "<rect class=\"{}\" x=\"{}\" y=\"{top}\" width=\"{}\" height=\"{height}\" rx=\"3\"/>\
             <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
             <text class=\"name\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            escaped(&bar.class),
            left + 8,
            wide - 16,
            top - 6,
            escaped(&bar.written),
            high + 42,
            escaped(&bar.label)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Columns without a gap between them: how many lie in each part. `says` is the whole in words.
pub(crate) fn histogram(counts: &[u64], says: &str) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let (wide, high) = (10, 60);
    let mut svg = format!(
        "<svg class=\"histogram\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {high}\" preserveAspectRatio=\"none\">",
        escaped(says),
        wide * counts.len().max(1)
    );
    for (index, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        // What is there is seen, however little it is.
        let height = (high as f64 * *count as f64 / most as f64).max(1.0);
        let top = high as f64 - height;
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{top:.1}\" width=\"{}\" height=\"{height:.1}\"/>",
            wide * index,
            wide - 1
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A bar, as long as a count is beside the largest. It says nothing that does not stand beside it.
pub(crate) fn bar(count: u64, most: u64) -> String {
    let length = 100.0 * count as f64 / most.max(1) as f64;
    format!(
        "<svg class=\"bar\" aria-hidden=\"true\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\">\
         <rect width=\"{length:.1}\" height=\"8\" rx=\"1\"/></svg>"
    )
}

/// One bar in three shades: what is verified, what is attested on top, what is only claimed. In thousandths.
pub(crate) fn meter(verified: i64, attested: i64, claimed: i64, says: &str) -> String {
    let part = |class: &str, from: i64, to: i64| match to > from {
        true => format!("<rect class=\"{class}\" x=\"{from}\" width=\"{}\" height=\"40\"/>", to - from),
        false => String::new(),
    };
    format!(
        "<svg class=\"meter\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\">\
         <rect class=\"ground\" width=\"1000\" height=\"40\"/>{}{}{}</svg>",
        escaped(says),
        part("verified", 0, verified),
        part("attested", verified, attested),
        part("claimed", attested.max(verified), claimed)
    )
}

/// Text as it may stand in markup and in attributes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_and_never_markup() {
        let bar = |label: &str| Bar { label: label.into(), class: "x".into(), count: 1, written: "1".into() };
        let svg = columns(&[bar("<script>\"&"), bar("b")], "a \"quote\" <b>");
        assert!(
            svg.contains("&lt;script&gt;&quot;&amp;")
                && svg.contains("aria-label=\"a &quot;quote&quot; &lt;b&gt;\"")
        );
    }

    #[test]
    fn a_meter_shows_each_part_once() {
        let svg = meter(400, 500, 900, "x");
        for part in [
            "verified\" x=\"0\" width=\"400",
            "attested\" x=\"400\" width=\"100",
            "claimed\" x=\"500\" width=\"400",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert!(!meter(400, 400, 400, "x").contains("claimed"));
    }
}
