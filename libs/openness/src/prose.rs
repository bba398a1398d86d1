//! What a card says in sentences. Reading prose is guesswork: whatever is found here is a claim, never evidence.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

/// Something that a sentence says of the repository it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Theme {
    /// It is open source.
    OpenSource,
    /// Its training data is open, or all of it is.
    OpenData,
    /// The code that trained it can be had.
    TrainingCode,
    /// Its weights can be had.
    Weights,
    /// So can checkpoints from during training.
    Checkpoints,
    /// It was trained from scratch.
    FromScratch,
    /// It may be used commercially.
    CommercialUse,
    /// It complies with the EU AI Act, or is exempt.
    AiAct,
    /// No synthetic data was used.
    NoSyntheticData,
    /// No data of users was used.
    NoUserData,
    /// The hardware that trained it, or how long that took.
    Hardware,
    /// The energy or carbon of training.
    Energy,
    /// A policy on copyright or on opting out of text and data mining.
    Copyright,
}

/// A sentence and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// What it says.
    pub(crate) theme: Theme,
    /// Its bytes in the file.
    pub(crate) span: Range<usize>,
}

/// A number that a sentence gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// The number.
    pub(crate) value: u64,
    /// How far the true number may lie from it when it was only rounded: half a unit of its last digit.
    pub(crate) rounding: u64,
    /// Its bytes in the file.
    pub(crate) span: Range<usize>,
}

/// Each theme with the pattern of sentences that state it, in lower case.
const THEMES: [(Theme, &str); 17] = [
    (
        Theme::OpenSource,
        r"\b(is|are|as|fully|truly|completely|entirely|our|this|first|release[ds]?)\b[^.;:]{0,60}\bopen[- ]?sourced?\b",
    ),
    (
        Theme::OpenSource,
        r"\b(is|are|an?|fully|truly|completely|100 ?%|our)\b[^.;:]{0,20}\bopen[- ](ai |language |foundation )?(model|llm)\b",
    ),
    (Theme::OpenSource, r"\b(is|are|it'?s)\b[^.;:]{0,20}\b(fully|truly|completely|entirely) open\b"),
    (
        Theme::OpenData,
        r"\b(fully[- ]open|open|public|publicly available|released?)\b[^.;:]{0,30}\b(training |pre-?training )?(data|dataset|datasets|corpus|corpora)\b",
    ),
    (
        Theme::OpenData,
        r"\b(data|dataset|datasets|corpus|corpora)\b[^.;:]{0,40}\b(is|are)\b[^.;:]{0,20}\b(open|public|publicly available|released|available)\b",
    ),
    (
        Theme::TrainingCode,
        r"\b(training|pre-?training|fine-?tuning)( and \w+)? (code|scripts?|recipes?|pipeline)\b[^.;]{0,60}\b(is|are|available|released?|found|here|at|published|open)\b",
    ),
    (
        Theme::TrainingCode,
        r"\b(release[ds]?|publish(ed)?|share[ds]?|provide[ds]?|open-?sourced?)\b[^.;]{0,60}\b(training|pre-?training) (code|scripts?|recipes?|pipeline)\b",
    ),
    (
        Theme::Weights,
        r"\bweights?\b[^.;]{0,60}\b(is|are|available|released?|download(ed|able)?|published|open)\b|\b(release[ds]?|publish(ed)?|share[ds]?|provide[ds]?)\b[^.;]{0,60}\bweights\b|\bopen[- ]weights?\b",
    ),
    (
        Theme::Checkpoints,
        r"\b(intermediate|training|all)( training)? checkpoints?\b[^.;]{0,80}\b(is|are|available|released?|provided?|published|found|at|as|every|each)\b|\b(release[ds]?|publish(ed)?|share[ds]?|provide[ds]?)\b[^.;]{0,60}\b(intermediate |training )checkpoints\b",
    ),
    (Theme::FromScratch, r"\b(pre-?)?trained (entirely |completely )?from scratch\b"),
    (
        Theme::CommercialUse,
        r"\b(commercial use|commercial purposes|commercially)\b[^.;]{0,40}\b(allowed|permitted|free|ok|usable|yes)\b|\b(allow(s|ed)?|permit(s|ted)?|free for|available for|usable for|usable|used|can be used)\b[^.;]{0,40}\b(commercial use|commercial purposes|commercially|commercial and)\b",
    ),
    (
        Theme::AiAct,
        r"\b(eu |european )?ai act\b[^.;]{0,60}\b(complian(t|ce)|compl(y|ies)|exempt(ed|ion)?|conform(s|ing|ity)?)\b|\b(complian(t|ce)|compl(y|ies)|exempt(ed|ion)?)\b[^.;]{0,60}\bai act\b",
    ),
    (
        Theme::NoSyntheticData,
        r"\b(no|not|without|free of)\b[^.;]{0,40}\b(synthetic|machine-generated|model-generated|llm-generated|distill\w*)\b",
    ),
    (
        Theme::NoUserData,
        r"\b(no|not|without)\b[^.;]{0,40}\b(user|customer|personal|conversation) (data|interactions?|conversations?|prompts?)\b",
    ),
    (
        Theme::Hardware,
        r"\b([ahbv]100|[ahb]200|gb200|a6000|rtx ?\d{4}|l40s?|t4|v4-\d+|tpu ?v?\d|mi ?\d{3}x?|gaudi|trainium)\b|\b(gpu|tpu)[- ]?(hours|days)\b|\b\d[\d.,]* ?(gpus|tpus)\b",
    ),
    (Theme::Energy, r"\b(kwh|mwh|co2|co₂|carbon (emissions?|footprint)|tco2eq?|energy consumption)\b"),
    (
        Theme::Copyright,
        r"\b(copyright policy|text and data mining|tdm|opt-?outs?|robots\.txt|takedown|rights ?holders?)\b",
    ),
];

/// Sentences with these words speak of the future, of others, or of what is not so.
const NOT_SAID: &str = r"\b(not|isn't|aren't|won't|cannot|never|no longer|soon|will be|plan(s|ned)? to|upcoming|todo|unlike|compared (to|with)|other|existing|similar|such as|like|outperform\w*|competitive|alternatives?)\b";

/// Words that make a number of parameters another's, or a part's.
const OTHER_COUNT: &str = r"\b(active|activated|non-?embedding|embedding|trainable|encoder|decoder|draft|teacher|larger|smaller|than|vs|versus|lora|adapter|compared|outperform\w*|up to|models with|from \d|range)\b";

static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| set(THEMES.iter().map(|(_, pattern)| *pattern)));
static NOT_SAID_SET: LazyLock<RegexSet> = LazyLock::new(|| set([NOT_SAID]));
static OTHER_COUNT_SET: LazyLock<RegexSet> = LazyLock::new(|| set([OTHER_COUNT]));

/// `7B parameters`, `1.3 billion parameters`, `1,100,048,384 parameters`, `Parameters: 7B`, `| Params | 7.2B |`.
static PARAMETERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?P<a>\d[\d,]*(?:\.\d+)?)[ -]?(?P<au>trillion|billion|million|thousand|bn|b|m|k)?[ -](?:model )?param(?:eter)?s?\b|\b(?:number of |total |model )?param(?:eter)?s?(?: count)?\W{1,6}(?:\w+ ){0,2}(?P<b>\d[\d,]*(?:\.\d+)?) ?(?P<bu>trillion|billion|million|thousand|bn|b|m|k)?\b",
    )
    .ok()
});

/// `1.4T tokens`, `300 billion tokens`.
static TOKENS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?P<a>\d[\d,]*(?:\.\d+)?)[ -]?(?P<au>trillion|billion|million|thousand|bn|tn|t|b|m|k)?\+?[ -](?:\w+ ){0,2}tokens\b").ok()
});

/// `3.2e23 FLOPs`, `1.7 × 10^24 FLOP`, `2*10**21 floating point operations`.
static FLOP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?P<m>\d+(?:\.\d+)?) ?(?:e\+?|(?:×|x|\*|·) ?10(?:\^|\*\*)?\{?)(?P<e>\d{1,2})\}? ?(?:flops?|floating[- ]point operations)\b",
    )
    .ok()
});

/// A set of patterns of this file. A test builds every one of them; a set that does not build matches nothing.
fn set<'a>(patterns: impl IntoIterator<Item = &'a str>) -> RegexSet {
    RegexSet::new(patterns).unwrap_or_else(|_| RegexSet::empty())
}

/// The sentences of `text[range]`, as spans of `text`: they end at line breaks and at full stops before a space.
pub(crate) fn sentences(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let Some(part) = text.get(range.clone()) else { return found };
    let mut start = range.start;
    let bytes = part.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let ends = match byte {
            b'\n' => true,
            b'.' | b'!' | b'?' => bytes.get(at + 1).is_none_or(|next| next.is_ascii_whitespace()),
            _ => false,
        };
        if ends {
            push(&mut found, text, start..range.start + at + 1);
            start = range.start + at + 1;
        }
    }
    push(&mut found, text, start..range.end);
    found
}

fn push(found: &mut Vec<Range<usize>>, text: &str, span: Range<usize>) {
    let Some(raw) = text.get(span.clone()) else { return };
    let trimmed = raw.trim();
    if trimmed.len() < 3 {
        return;
    }
    let begin = span.start + (raw.len() - raw.trim_start().len());
    found.push(begin..begin + trimmed.len());
}

/// What the sentences at these spans say.
pub(crate) fn said(text: &str, sentences: &[Range<usize>]) -> Vec<Said> {
    let mut all = Vec::new();
    for span in sentences {
        let lower = plain(&text[span.clone()]);
        let denied = NOT_SAID_SET.is_match(&lower);
        let mut themes: Vec<Theme> = PATTERNS.matches(&lower).iter().map(|index| THEMES[index].0).collect();
        themes.sort_unstable();
        themes.dedup();
        for theme in themes {
            if !denied || stands_though_denied(theme) {
                all.push(Said { theme, span: span.clone() });
            }
        }
    }
    all
}

/// Themes whose sentences hold a "not", or tell facts whatever stands beside them.
fn stands_though_denied(theme: Theme) -> bool {
    matches!(
        theme,
        Theme::NoSyntheticData | Theme::NoUserData | Theme::Hardware | Theme::Energy | Theme::Copyright
    )
}

/// Numbers of parameters that sentences give for the model itself.
pub(crate) fn parameters(text: &str, sentences: &[Range<usize>]) -> Vec<Figure> {
    let apart = |lower: &str| OTHER_COUNT_SET.is_match(lower);
    figures(text, sentences, PARAMETERS.as_ref(), apart)
        .into_iter()
        .filter(|figure| figure.value >= 1000)
        .collect()
}

/// Numbers of tokens that sentences give.
pub(crate) fn tokens(text: &str, sentences: &[Range<usize>]) -> Vec<Figure> {
    figures(text, sentences, TOKENS.as_ref(), |_| false)
        .into_iter()
        .filter(|figure| figure.value >= 10_000_000)
        .collect()
}

/// Floating-point operations that sentences give, as thousandths of the power of ten.
pub(crate) fn flop(text: &str, sentences: &[Range<usize>]) -> Option<(u32, Range<usize>)> {
    let pattern = FLOP.as_ref()?;
    sentences.iter().find_map(|span| {
        let lower = plain(&text[span.clone()]);
        let found = pattern.captures(&lower)?;
        let power: u32 = found.name("e")?.as_str().parse().ok()?;
        let mantissa: f64 = found.name("m")?.as_str().parse().ok()?;
        (mantissa >= 1.0).then(|| (power * 1000 + (mantissa.log10() * 1000.0).round() as u32, span.clone()))
    })
}

fn figures(
    text: &str,
    sentences: &[Range<usize>],
    pattern: Option<&Regex>,
    skip: impl Fn(&str) -> bool,
) -> Vec<Figure> {
    let Some(pattern) = pattern else { return Vec::new() };
    let mut all = Vec::new();
    for span in sentences {
        let lower = plain(&text[span.clone()]);
        if skip(&lower) {
            continue;
        }
        for found in pattern.captures_iter(&lower) {
            let (number, unit) = match found.name("a") {
                Some(number) => (number.as_str(), found.name("au")),
                None => match found.name("b") {
                    Some(number) => (number.as_str(), found.name("bu")),
                    None => continue,
                },
            };
            if let Some((value, rounding)) = number_of(number, unit.map_or("", |unit| unit.as_str())) {
                all.push(Figure { value, rounding, span: span.clone() });
            }
        }
    }
    all
}

/// `1.3` and `billion` as 1 300 000 000, and half a unit of its last digit.
fn number_of(number: &str, unit: &str) -> Option<(u64, u64)> {
    let scale: u64 = match unit {
        "k" | "thousand" => 1_000,
        "m" | "million" => 1_000_000,
        "b" | "bn" | "billion" => 1_000_000_000,
        "t" | "tn" | "trillion" => 1_000_000_000_000,
        _ => 1,
    };
    let digits = number.replace(',', "");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let fraction = &fraction[..fraction.len().min(6)];
    let unit_of_last = scale / 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let mut value = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    if !fraction.is_empty() {
        value = value.checked_add(fraction.parse::<u64>().ok()?.checked_mul(unit_of_last)?)?;
    }
    Some((value, unit_of_last / 2))
}

/// A sentence as patterns see it: in lower case, without emphasis.
fn plain(sentence: &str) -> String {
    sentence
        .chars()
        .filter(|character| !matches!(character, '*' | '_' | '`'))
        .collect::<String>()
        .to_lowercase()
}

/// The number of parameters in a repository's name, such as `7b` in `tiny-7b-chat`; none for a mixture (`8x7b`).
pub(crate) fn parameters_in_name(name: &str) -> Option<(u64, u64)> {
    let lower = name.to_lowercase();
    lower.split(['-', '_', '/', ' ']).find_map(|word| {
        let number = word.strip_suffix(['b', 'm'])?;
        let digit = |text: &str| text.chars().all(|character| character.is_ascii_digit() || character == '.');
        let unit = &word[number.len()..];
        (!number.is_empty() && number.starts_with(|first: char| first.is_ascii_digit()) && digit(number))
            .then(|| number_of(number, unit))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn themes(text: &str) -> Vec<Theme> {
        said(text, &sentences(text, 0..text.len())).into_iter().map(|said| said.theme).collect()
    }

    #[test]
    fn every_pattern_is_one() {
        for (theme, pattern) in THEMES {
            assert!(Regex::new(pattern).is_ok(), "{theme:?}");
        }
        assert!(!NOT_SAID_SET.is_empty() && !OTHER_COUNT_SET.is_empty());
        assert!(PARAMETERS.is_some() && TOKENS.is_some() && FLOP.is_some());
    }

    #[test]
    fn a_sentence_says_what_it_says() {
        assert_eq!(themes("This model is fully open source."), [Theme::OpenSource]);
        assert_eq!(themes("The model was trained from scratch."), [Theme::FromScratch]);
        assert!(themes("The training code is available at our forge.").contains(&Theme::TrainingCode));
        assert!(
            themes("All intermediate checkpoints are released as branches.").contains(&Theme::Checkpoints)
        );
        assert_eq!(themes("It can be used for commercial purposes."), [Theme::CommercialUse]);
        assert_eq!(themes("We use no synthetic data."), [Theme::NoSyntheticData]);
        assert_eq!(themes("Compliant with the EU AI Act."), [Theme::AiAct]);
        assert!(themes("The training data is open and can be downloaded.").contains(&Theme::OpenData));
    }

    #[test]
    fn what_is_denied_promised_or_said_of_others_is_not_said() {
        for text in [
            "This model is not open source.",
            "The training code will be released soon.",
            "It outperforms existing open source models.",
            "Unlike other models, this is open source.",
            "Commercial use is not permitted.",
        ] {
            assert_eq!(themes(text), [], "{text}");
        }
    }

    #[test]
    fn parameters_are_read_with_their_rounding() {
        let read = |text: &str| {
            parameters(text, &sentences(text, 0..text.len()))
                .iter()
                .map(|figure| (figure.value, figure.rounding))
                .collect::<Vec<_>>()
        };
        assert_eq!(read("A model with 1.3 billion parameters."), [(1_300_000_000, 50_000_000)]);
        assert_eq!(read("A 7B-parameter model."), [(7_000_000_000, 500_000_000)]);
        assert_eq!(read("- **Parameters:** 1,100,048"), [(1_100_048, 0)]);
        assert_eq!(read("| Params | 7.2B |"), [(7_200_000_000, 50_000_000)]);
        assert_eq!(read("It has 3B active parameters."), []);
        assert_eq!(read("Better than models with 70B parameters."), []);
        assert_eq!(parameters_in_name("tiny-7b-chat"), Some((7_000_000_000, 500_000_000)));
        assert_eq!(parameters_in_name("mix-8x7b"), None);
        assert_eq!(parameters_in_name("bert-base"), None);
    }

    #[test]
    fn tokens_and_operations_are_read() {
        let text = "Trained on 1.4T tokens with 3.2e23 FLOPs.";
        let all = sentences(text, 0..text.len());
        assert_eq!(tokens(text, &all)[0].value, 1_400_000_000_000);
        assert_eq!(flop(text, &all).unwrap().0, 23_505);
    }

    proptest::proptest! {
        #[test]
        fn sentences_lie_in_the_text_and_nothing_panics(text in "[a-z0-9.!? \n,é€*|:-]{0,200}") {
            let all = sentences(&text, 0..text.len());
            for span in &all {
                proptest::prop_assert!(text.get(span.clone()).is_some_and(|sentence| !sentence.is_empty()));
            }
            said(&text, &all);
            parameters(&text, &all);
            tokens(&text, &all);
            flop(&text, &all);
        }
    }
}
