//! What the site says, in the visitor's language: messages of Project Fluent (`translations/`), numbers, sizes, dates.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use limpide_hub::Language;
use limpide_openness::Remark;
use limpide_words::Moment;
use unic_langid::LanguageIdentifier;

use crate::pages::chart::escaped;

/// The messages of each language, file by file.
const ENGLISH: &[&str] = &[
    include_str!("../../../../translations/en/site.ftl"),
    include_str!("../../../../translations/en/repository.ftl"),
    include_str!("../../../../translations/en/openness.ftl"),
    include_str!("../../../../translations/en/account.ftl"),
    include_str!("../../../../translations/en/criteria.ftl"),
    include_str!("../../../../translations/en/administration.ftl"),
];
const FRENCH: &[&str] = &[
    include_str!("../../../../translations/fr/site.ftl"),
    include_str!("../../../../translations/fr/repository.ftl"),
    include_str!("../../../../translations/fr/openness.ftl"),
    include_str!("../../../../translations/fr/account.ftl"),
    include_str!("../../../../translations/fr/criteria.ftl"),
    include_str!("../../../../translations/fr/administration.ftl"),
];
/// What reports and scans say in English themselves.
const FRENCH_ALONE: &[&str] = &[
    include_str!("../../../../translations/fr/remarks.ftl"),
    include_str!("../../../../translations/fr/facts.ftl"),
    include_str!("../../../../translations/fr/rubrics.ftl"),
    include_str!("../../../../translations/fr/safety.ftl"),
];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 2]> =
    LazyLock::new(|| [bundle("en", ENGLISH), bundle("fr", &[FRENCH, FRENCH_ALONE].concat())]);

fn bundle(tag: &str, files: &[&str]) -> Bundle {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Marks that keep directions apart have no business in attributes and titles.
    bundle.set_use_isolating(false);
    // The whole numbers of reports are written as the language writes them.
    bundle.set_formatter(Some(match tag {
        "fr" => |value, _| whole_number(value, Language::French),
        _ => |value, _| whole_number(value, Language::English),
    }));
    for file in files {
        // What cannot be read is left out; a test finds it.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn whole_number(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => {
            Some(Words { language }.number(number.value as i64))
        }
        _ => None,
    }
}

/// The site's voice in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    /// The language.
    pub(crate) language: Language,
}

impl Words {
    /// The language's tag, for `lang` attributes.
    pub(crate) fn tag(&self) -> &'static str {
        self.language.as_str()
    }

    /// A message.
    pub(crate) fn say(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// A message about one thing.
    pub(crate) fn about<'a>(&self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set(name, value);
        self.format(key, Some(&arguments))
    }

    /// A message about two things.
    pub(crate) fn about_both<'a>(
        &self,
        key: &str,
        first: (&'a str, &'a str),
        second: (&'a str, &'a str),
    ) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set(first.0, first.1);
        arguments.set(second.0, second.1);
        self.format(key, Some(&arguments))
    }

    /// A message about so many things: `$count` chooses the plural, `$number` is how it is written.
    pub(crate) fn count(&self, key: &str, count: impl TryInto<i64>) -> String {
        let count = count.try_into().unwrap_or(i64::MAX);
        let mut arguments = FluentArgs::new();
        arguments.set("count", count);
        arguments.set("number", self.number(count));
        self.format(key, Some(&arguments))
    }

    /// The message `{start}-{name}` where there is one; else the name itself: words that others choose.
    pub(crate) fn named(&self, start: &str, name: &str) -> String {
        self.or(&format!("{start}-{}", slug(name)), name)
    }

    /// A message where there is one; else what others say, in their language.
    pub(crate) fn or(&self, key: &str, text: &str) -> String {
        if self.bundle().has_message(key) { self.say(key) } else { text.to_owned() }
    }

    /// A sentence of a report.
    pub(crate) fn remark(&self, remark: &Remark) -> String {
        let key = format!("remark-{}", remark.code);
        if self.language == Language::English || !self.bundle().has_message(&key) {
            return remark.text.clone();
        }
        let mut arguments = FluentArgs::new();
        for (name, value) in &remark.facts {
            match value.parse::<i64>() {
                Ok(number) => arguments.set(name.as_str(), number),
                Err(_) => arguments.set(name.as_str(), self.fact(name, value)),
            }
        }
        self.format(&key, Some(&arguments))
    }

    /// A word of a report, where it is one that the report itself chooses; of a list, each.
    fn fact(&self, name: &str, value: &str) -> String {
        let known = |word: &str| {
            let key = format!("fact-{name}-{}", slug(word));
            self.bundle().has_message(&key).then(|| self.say(&key))
        };
        let each = || value.split(", ").map(|word| known(word).unwrap_or_else(|| word.to_owned()));
        known(value).unwrap_or_else(|| each().collect::<Vec<_>>().join(", "))
    }

    fn bundle(&self) -> &'static Bundle {
        match self.language {
            Language::English => &BUNDLES[0],
            Language::French => &BUNDLES[1],
        }
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, "a message has no translation");
            return key.to_owned();
        };
        bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned()
    }

    /// A whole number, its digits in groups of three.
    pub(crate) fn number(&self, number: impl TryInto<i64>) -> String {
        let number = number.try_into().unwrap_or(i64::MAX);
        let digits = number.unsigned_abs().to_string();
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(self.separator());
            }
            grouped.push(digit);
        }
        if number < 0 { format!("−{grouped}") } else { grouped }
    }

    fn separator(&self) -> char {
        match self.language {
            Language::English => ',',
            // The narrow space that does not break.
            Language::French => '\u{202f}',
        }
    }

    /// A number of bytes: `1.5 GB`, `1,5 Go`.
    pub(crate) fn size(&self, bytes: impl TryInto<i64>) -> String {
        let bytes = bytes.try_into().unwrap_or(i64::MAX).max(0);
        let units = match self.language {
            Language::English => ["B", "kB", "MB", "GB", "TB", "PB"],
            Language::French => ["o", "ko", "Mo", "Go", "To", "Po"],
        };
        let (value, unit) = scaled(bytes, &units);
        format!("{}\u{a0}{unit}", self.decimal(value))
    }

    /// A large number, short: `7.2 B` parameters, `7,2 Md`.
    pub(crate) fn short(&self, number: impl TryInto<i64>) -> String {
        let number = number.try_into().unwrap_or(i64::MAX).max(0);
        let units = match self.language {
            Language::English => ["", "k", "M", "B", "T", "Q"],
            Language::French => ["", "k", "M", "Md", "Bn", "Bd"],
        };
        let (value, unit) = scaled(number, &units);
        if unit.is_empty() { self.number(number) } else { format!("{}\u{a0}{unit}", self.decimal(value)) }
    }

    /// At most three digits that matter.
    fn decimal(&self, value: f64) -> String {
        let written = if value >= 99.95 { format!("{value:.0}") } else { format!("{value:.1}") };
        self.with_comma(written.strip_suffix(".0").unwrap_or(&written))
    }

    /// A number of any size, with four digits that matter.
    pub(crate) fn rounded(&self, number: f64) -> String {
        let magnitude = number.abs();
        if magnitude != 0.0 && !(1e-4..1e15).contains(&magnitude) {
            return self.with_comma(&format!("{number:.3e}"));
        }
        if number.fract() == 0.0 || magnitude >= 1000.0 {
            return self.number(number.round() as i64);
        }
        let digits = (3 - magnitude.log10().floor() as i32).clamp(0, 8) as usize;
        let written = format!("{number:.digits$}");
        self.with_comma(written.trim_end_matches('0').trim_end_matches('.'))
    }

    /// A number as Rust writes it, as the language writes it.
    fn with_comma(&self, written: &str) -> String {
        let written = written.replace('-', "−");
        match self.language {
            Language::English => written,
            Language::French => written.replace('.', ","),
        }
    }

    /// Thousandths as a percentage.
    pub(crate) fn percent(&self, thousandths: impl TryInto<i64>) -> String {
        let percent = thousandths.try_into().unwrap_or(0) / 10;
        match self.language {
            Language::English => format!("{percent}%"),
            Language::French => format!("{percent}\u{a0}%"),
        }
    }

    /// A day, in words.
    pub(crate) fn date(&self, moment: Moment) -> String {
        let Ok(time) = jiff::Timestamp::from_microsecond(moment.0) else { return String::new() };
        let date = time.to_zoned(jiff::tz::TimeZone::UTC).date();
        let month = self.say(&format!("month-{}", date.month()));
        let day = if self.language == Language::French && date.day() == 1 {
            "1er".to_owned()
        } else {
            date.day().to_string()
        };
        format!("{day}\u{a0}{month} {}", date.year())
    }

    /// A day and the time, in UTC.
    pub(crate) fn moment(&self, moment: Moment) -> String {
        let Ok(time) = jiff::Timestamp::from_microsecond(moment.0) else { return String::new() };
        let time = time.to_zoned(jiff::tz::TimeZone::UTC).time();
        format!("{}, {:02}:{:02} UTC", self.date(moment), time.hour(), time.minute())
    }
}

/// A number in the largest unit of a thousand that it fills.
fn scaled<'a>(number: i64, units: &[&'a str; 6]) -> (f64, &'a str) {
    let mut value = number as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    (value, units[unit])
}

/// A name as the ids of messages write it.
pub(crate) fn slug(name: &str) -> String {
    let letter =
        |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    name.chars().map(letter).collect()
}

/// A sentence as HTML: what stands between backticks is code.
pub(crate) fn with_code(sentence: &str) -> String {
    let mut html = String::with_capacity(sentence.len() + 16);
    let parts: Vec<&str> = sentence.split('`').collect();
    // A backtick without another is one.
    let pairs = (parts.len() - 1) / 2 * 2;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            html.push_str(match (index > pairs, index % 2) {
                (true, _) => "`",
                (false, 1) => "<code>",
                (false, _) => "</code>",
            });
        }
        html.push_str(&escaped(part));
    }
    html
}

/// The language that a browser asks for: the first of `Accept-Language` that the site speaks.
pub(crate) fn asked_language(header: &str) -> Language {
    let mut wanted: Vec<(f32, &str)> = header
        .split(',')
        .filter_map(|part| {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            Some((weight.trim().parse().ok()?, tag.trim()))
        })
        .collect();
    wanted.sort_by(|left, right| right.0.total_cmp(&left.0));
    let known = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase().parse().ok();
    wanted.into_iter().filter(|(weight, _)| *weight > 0.0).find_map(|(_, tag)| known(tag)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: Words = Words { language: Language::English };
    const FRENCH: Words = Words { language: Language::French };

    #[test]
    fn numbers_and_dates_are_written_as_readers_write_them() {
        assert_eq!(ENGLISH.number(1_234_567), "1,234,567");
        assert_eq!(FRENCH.number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(ENGLISH.size(0), "0\u{a0}B");
        assert_eq!(ENGLISH.size(1_500_000_000_i64), "1.5\u{a0}GB");
        assert_eq!(FRENCH.size(1_500_000_000_i64), "1,5\u{a0}Go");
        assert_eq!(ENGLISH.size(999_999), "1\u{a0}MB");
        assert_eq!(ENGLISH.short(7_241_732_096_i64), "7.2\u{a0}B");
        assert_eq!(FRENCH.short(950), "950");
        let moment = Moment::from_seconds(1_775_001_600);
        assert_eq!(ENGLISH.date(moment), "1\u{a0}April 2026");
        assert_eq!(FRENCH.date(moment), "1er\u{a0}avril 2026");
        assert_eq!(ENGLISH.date(Moment(i64::MAX)), "");
        for (number, written) in [
            (0.0, "0"),
            (-3.0, "−3"),
            (0.123_456, "0,1235"),
            (1234.56, "1\u{202f}235"),
            (2.5, "2,5"),
            (123_456.7, "123\u{202f}457"),
            (1e-9, "1,000e−9"),
        ] {
            assert_eq!(FRENCH.rounded(number), written, "{number}");
        }
    }

    #[test]
    fn a_browser_is_answered_in_the_first_language_that_the_site_speaks() {
        for (header, expected) in [
            ("", Language::English),
            ("fr-CH, fr;q=0.9, en;q=0.8", Language::French),
            ("de, en;q=0.7, fr;q=0.3", Language::English),
            ("en;q=0.1, fr;q=0.2", Language::French),
            ("fr;q=0, de", Language::English),
            ("*;q=x,,;q=", Language::English),
        ] {
            assert_eq!(asked_language(header), expected, "{header}");
        }
    }

    #[test]
    fn what_stands_between_backticks_is_code_and_all_is_escaped() {
        assert_eq!(with_code("`a<b` is `x` & `"), "<code>a&lt;b</code> is <code>x</code> &amp; `");
        assert_eq!(with_code("plain"), "plain");
    }

    /// The ids of the messages of a language.
    fn ids(files: &[&str]) -> std::collections::BTreeSet<String> {
        let id = |line: &str| {
            let (id, _) = line.split_once(" =")?;
            let is_id = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            (is_id && !id.is_empty()).then(|| id.to_owned())
        };
        files.iter().flat_map(|file| file.lines().filter_map(id)).collect()
    }

    #[test]
    fn every_message_is_there_in_both_languages_and_can_be_read() {
        assert_eq!(ids(super::ENGLISH), ids(super::FRENCH));
        for file in [super::ENGLISH, super::FRENCH, FRENCH_ALONE].concat() {
            let read = FluentResource::try_new(file.to_owned());
            assert!(read.is_ok(), "{:?}", read.err().map(|(_, errors)| errors));
        }
    }

    #[test]
    fn every_remark_of_a_report_is_said_in_french_with_its_facts() {
        let french = ids(FRENCH_ALONE);
        let mut codes = 0;
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../libs/openness/src");
        for source in sources_in(folder).iter().filter(|source| !source.contains("macro_rules! remark")) {
            for call in source.split("remark!(").skip(1) {
                let code = call.trim_start().trim_start_matches('"').split('"').next().unwrap_or_default();
                assert!(french.contains(&format!("remark-{code}")), "no French for `{code}`");
                codes += 1;
            }
        }
        assert!(codes > 200, "only {codes} remarks were found");
    }

    #[test]
    fn numbers_in_remarks_govern_what_is_around_them() {
        let facts = |files: &str| {
            let facts = [("files", files), ("rows", "12000"), ("path", "a.csv")];
            facts.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
        };
        let remark = |files| Remark { code: "data-rows".into(), facts: facts(files), text: "English".into() };
        assert_eq!(ENGLISH.remark(&remark("1")), "English");
        let said = "1 fichier contient 12\u{202f}000 lignes, par exemple `a.csv`";
        assert_eq!(FRENCH.remark(&remark("1")), said);
        assert_eq!(FRENCH.remark(&remark("2")), said.replace("1 fichier contient", "2 fichiers contiennent"));
    }

    /// What the templates and the pages say is there; what is composed at run time is listed by its start.
    #[test]
    fn whatever_pages_say_has_a_message() {
        let known = ids(super::ENGLISH);
        let mut asked = 0;
        for source in sources() {
            for call in ["say(\"", "about(\"", "about_both(\"", "count(\"", "title: \""] {
                for rest in source.split(call).skip(1) {
                    let key = rest.split('"').next().unwrap_or_default();
                    assert!(known.contains(key), "no message `{key}`");
                    asked += 1;
                }
            }
        }
        assert!(asked > 100, "only {asked} messages were found in templates");
    }

    fn sources() -> Vec<String> {
        let here = [
            concat!(env!("CARGO_MANIFEST_DIR"), "/templates"),
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/pages"),
        ];
        here.into_iter().flat_map(sources_in).collect()
    }

    fn sources_in(folder: &str) -> Vec<String> {
        let mut folders = vec![std::path::PathBuf::from(folder)];
        let mut sources = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    // This file writes calls, and makes none.
                    false if path.ends_with("words.rs") => {}
                    false => sources.push(std::fs::read_to_string(path).unwrap()),
                }
            }
        }
        sources
    }
}
