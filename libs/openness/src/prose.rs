//! What a card says in sentences. Reading prose is guesswork: whatever is found here is a claim, never evidence.

mod work;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use regex::bytes::{RegexSet, RegexSetBuilder};

pub(crate) use work::Work;

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
    /// No data of users were used.
    NoUserData,
    /// The data come from what users wrote or did.
    UserData,
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

/// A way to say something: found where `says` matches and `unless` does not.
struct Saying {
    theme: Theme,
    says: &'static str,
    unless: &'static str,
}

const fn saying(theme: Theme, says: &'static str, unless: &'static str) -> Saying {
    Saying { theme, says, unless }
}

/// Nothing is an exception.
const NEVER: &str = "$^x";

/// What is evaluated with is not what is trained with.
const EVALUATED: &str = r"\b(evaluat\w*|benchmark\w*|test(ed|ing)?|validat\w*|measured|leaderboard)\b";

/// Each theme with the sentences that state it, in lower case, in English and French.
const SAYINGS: [Saying; 26] = [
    saying(
        Theme::OpenSource,
        r"\b(is|are|as|fully|truly|completely|entirely|our|this|first|release[ds]?|est|sont)\b[^.;:]{0,60}\bopen[- ]?sourced?\b",
        r"\bopen[- ]?sourced? (librar(y|ies)|frameworks?|tools?|toolkits?|toolchains?|software|communit(y|ies)|packages?|datasets?|data|corpus|corpora|models|llms|lms|benchmarks?|alternatives?|implementations?|ecosystem|contribut\w+|code|codebase|efforts?|world|movement|licen[cs]es?)\b|\b(based|built|trained|fine-?tuned|runs?|works?|relies|evaluated|which|developed) (on|upon|with|using|in|by|from|is|are)\b[^.;:]{0,40}\bopen[- ]?source",
    ),
    saying(
        Theme::OpenSource,
        r"\b((is|are) one of|our|these are|are( all| fully)?)\b[^.;:]{0,24}\bopen[- ]?source (models|llms|lms)\b|\bwe( have| fully| hereby| also)? open[- ]?sourced?\b[^.;:]{0,40}\b(models?|weights?|it|this|everything)\b",
        NEVER,
    ),
    saying(
        Theme::OpenSource,
        r"\b(is|are|an?|fully|truly|completely|100 ?%|our)\b[^.;:]{0,20}\bopen[- ](ai |language |foundation )?(model|llm)\b",
        r"\bopen (model|llm) (leaderboard|initiative|framework|licen[cs]e)|\b(class|mof|framework)\b",
    ),
    saying(
        Theme::OpenSource,
        r"\b(is|are|it'?s)\b[^.;:]{0,20}\b(fully|truly|completely|entirely) open\b",
        r"\bopen[- ](\w+ )?(data|datasets?|corpus|corpora|benchmarks?|to)\b",
    ),
    saying(
        Theme::OpenData,
        r"\bopen[- ](training |pre-?training |instruction )?(data|datasets?|corpus|corpora)\b",
        EVALUATED,
    ),
    saying(
        Theme::OpenData,
        r"\b(pre-?|fine-?)?(train(ed|ing)?|tuned)\b[^.;:]{0,60}\b(public|publicly available|openly available|open)\b[^.;:]{0,20}\b(data|datasets?|corpus|corpora|sources)\b",
        EVALUATED,
    ),
    saying(
        Theme::OpenData,
        r"\b(training|pre-?training|instruction|fine-?tuning|all|our|the|whole|entire) (data|datasets?|corpus|corpora)\b[^.;:]{0,40}\b(is|are)\b[^.;:]{0,20}\b(open|public|publicly available|openly available|released|available)\b",
        EVALUATED,
    ),
    saying(
        Theme::OpenData,
        r"\b(release[ds]?|publish(ed)?|share[ds]?)\b[^.;:]{0,40}\b(training |pre-?training )(data|datasets?|corpus|corpora)\b|\bdonnées d.entra(i|î)nement\b[^.;:]{0,30}\b(sont|est)\b[^.;:]{0,20}\b(ouvertes?|publiques?|publiées?|disponibles?)\b",
        EVALUATED,
    ),
    saying(
        Theme::TrainingCode,
        r"\b(training|pre-?training|fine-?tuning)( and \w+)? (code|scripts?|recipes?|pipeline)\b[^.;]{0,60}\b(available|released?|found|here|published|open|public|github|gitlab|this repo(sitory)?)\b|\b(training|pre-?training) (code|scripts?)\b[^.;]{0,20}https?://|\bcode d.entra(i|î)nement\b[^.;]{0,60}\b(disponible|publié|ouvert|ici)\b",
        NEVER,
    ),
    saying(
        Theme::TrainingCode,
        r"\b(release[ds]?|publish(ed)?|share[ds]?|provide[ds]?|open-?sourced?)\b[^.;]{0,60}\b(training|pre-?training) (code|scripts?|recipes?|pipeline)\b",
        NEVER,
    ),
    saying(
        Theme::Weights,
        r"\bweights?\b[^.;]{0,60}\b(available|released?|download(ed|able)?|published|open|public)\b|\b(release[ds]?|publish(ed)?|share[ds]?|provide[ds]?)\b[^.;]{0,60}\bweights\b",
        r"\bweights? (\w+ ){0,2}(initiali[sz]ed|frozen)|\bopen[- ]weights? (models|llms|community)",
    ),
    saying(
        Theme::Weights,
        r"\b(is|are|an?|fully|our)\b[^.;:]{0,30}\bopen[- ]weights?\b|\bpoids\b[^.;]{0,40}\b(disponibles|publiés|ouverts|téléchargeables)\b",
        r"\bopen[- ]weights? (models|llms|community)|\b(against|among)\b",
    ),
    saying(
        Theme::Checkpoints,
        r"\b(intermediate|training|all)( training)? checkpoints?\b[^.;]{0,80}\b(available|released?|provided?|published|found|uploaded|public|here|branch(es)?|tags?|revisions?)\b|\b(release[ds]?|publish(ed)?|share[ds]?|provide[ds]?)\b[^.;]{0,60}\b(intermediate|training) checkpoints\b",
        NEVER,
    ),
    saying(
        Theme::FromScratch,
        r"\b(pre-?)?train(ed|ing)\b[^.;:]{0,40}\bfrom scratch\b|\bentra(i|î)née? (entièrement )?(de zéro|à partir de zéro|from scratch)\b",
        r"\b(tokeni[sz]er|head|heads|layers?|encoder|decoder|vocabulary|adapter)\b",
    ),
    saying(
        Theme::CommercialUse,
        r"\b(commercial use|commercial purposes|commercially)\b[^.;]{0,40}\b(allowed|permitted|free|ok|usable|yes|welcome)\b|\b(allow(s|ed)?|permit(s|ted)?|free for|available for|usable for|usable|used|can be used|licensed for)\b[^.;]{0,40}\b(commercial use|commercial purposes|commercial applications?|commercially|commercial and)\b|\b(usage|utilisation) commerciale?\b[^.;]{0,30}\b(autorisée?|permise?|libre)\b",
        r"\bnon[- ]?commercial|\bseparate\b|\bcontact\b|\brequires?\b|\bonly (with|after|if)\b|\bprohibited\b|\bexcept\b",
    ),
    saying(
        Theme::AiAct,
        r"\b(eu |european )?ai act\b[^.;]{0,60}\b(complian(t|ce)|compl(y|ies)|exempt(ed|ion)?|conform(s|ing|ity)?)\b|\b(complian(t|ce)|compl(y|ies)|exempt(ed|ion)?|conform(s|ing|ity)?)\b[^.;]{0,60}\bai act\b",
        r"\b(users?|deployers?|you|your|must|should|need to|downstream|responsib\w+|obligations?|helps?|helping|questions?|answers?)\b",
    ),
    saying(
        Theme::NoSyntheticData,
        r"\b(no|not|without|free of|never)\b[^.;:]{0,40}\b(synthetic|machine-generated|model-generated|llm-generated|ai-generated)\b( \w+){0,2} (data|datasets?|texts?|samples?|examples?|content|corpora|dialogues?|conversations?|instructions?)\b|\b(no|not|without)\b[^.;:]{0,30}\bdistill\w*",
        r"\bnot (only|just|all|entirely)\b|\bno longer\b|\bwill\b|\b(next|future) version|\bgenerat(e|es|ing) synthetic|\b(compared|unlike)\b",
    ),
    saying(
        Theme::NoUserData,
        r"\b(no|not|without|free of|never)\b[^.;:]{0,40}\b(users?'?|customers?'?|user-generated|user-submitted|private|personal) (data|conversations?|chats?|prompts?|inputs?|messages|logs|interactions|content)\b",
        r"\bnot (only|just|all|entirely)\b|\bno longer\b|\bwill\b|\b(next|future) version|\b(collect|store|keep|log|send|share|retain|transmit|record)(s|ed|ing)?\b|\b(inference|deploy\w*|unlike|compared)\b",
    ),
    saying(
        Theme::UserData,
        r"\b(conversations?|dialogues?|chats?|prompts?|queries|messages|logs|interactions|posts|reviews|comments)\b[^.;:]{0,40}\b(of|by|from|between|with|among)\b[^.;:]{0,24}\b(users|customers)\b|\b(real|actual|collected|contains?|donated)\b[^.;:]{0,30}\b(user|customer)[- ](conversations?|chats?|prompts?|queries|messages|logs|interactions|data)\b|\busers?[- ](generated|submitted|shared) (content|data|conversations?|prompts?|texts?)\b",
        r"\b(synthetic|simulated|imaginary|fictional|fictitious|generated by)\b",
    ),
    saying(
        Theme::Hardware,
        r"\b([ahbv]100s?|[ahb]200s?|gb200|a6000|rtx ?\d{4}|l40s?|t4|v4-\d+|tpu ?v?\d|mi ?\d{3}x?|gaudi|trainium)\b|\b(gpu|tpu)[- ]?(hours|days)\b|\b\d[\d.,]* ?(gpus|tpus)\b",
        r"\b(inference|runs? on|run (it )?on|fits? (in|on|into)|vram|serv(e|ing)|deploy\w*|throughput|latency)\b",
    ),
    saying(
        Theme::Energy,
        r"\b(kwh|mwh|co2|carbon (emissions?|footprint)|tco2eq?|energy consumption)\b|co₂",
        NEVER,
    ),
    saying(
        Theme::Copyright,
        r"\b(copyright policy|text and data mining|tdm|opt-?outs?|robots\.txt|takedown|rights ?holders?)\b",
        NEVER,
    ),
    saying(Theme::OpenSource, r"\b(is|est) (open[- ]source|libre et ouvert)\b", NEVER),
    saying(Theme::OpenData, r"\bfully[- ]open\b[^.;:]{0,60}\b(data|datasets?|corpus|corpora)\b", EVALUATED),
    saying(
        Theme::Checkpoints,
        r"\bcheckpoints\b[^.;]{0,30}\b(from|during|throughout|along) (the )?(pre-?)?training\b[^.;]{0,60}\b(available|released|published|branches|tags|revisions)\b",
        NEVER,
    ),
    saying(
        Theme::TrainingCode,
        r"\b(release[ds]?|publish(ed)?|share[ds]?|provide[ds]?|available)\b[^.;]{0,40}\bcode\b[^.;]{0,30}\b(used to train|that trained|for (pre-?)?training)\b",
        NEVER,
    ),
];

/// Sentences with these words speak of the future, of others, or of what is not so.
const NOT_SAID: &str = r"\b(not|isn't|aren't|won't|don't|doesn't|cannot|never|neither|no longer|soon|will|shall|plan(s|ned|ning)? to|upcoming|coming|todo|tb[ad]|unlike|compared (to|with)|than|others?|existing|similar|such as|like|outperform\w*|surpass\w*|competitive|alternatives?|if|once|would|hope|aim|intend|goal|future|working (on|towards?)|preparing|stay tuned|in progress|under review|requests?|closed|proprietary|pas|bientôt|prochainement|sera|seront|contrairement)\b|\bno (\w+ )?(training|code|scripts?|weights?|checkpoints?|data|datasets?|commercial)\b";

/// Words that make a number of parameters another's, or a part's.
const OTHER_COUNT: &str = r"\b(non-?embedding|embedding|trainable|encoder|decoder|draft|teacher|student|original|distilled|pruned|previous|larger|smaller|than|vs|versus|lora|adapter|compared|outperform\w*|surpass\w*|up to|models with|from \d|range|unlike|not|per expert|each expert|experts? (has|have)|reward|judge|upcoming|soon)\b";

/// Of a mixture, only the number in all is the one that the tensors add up to.
const ACTIVE: &str = r"\bactiv(e|ated)\b|\bactivat(es|ing)\b";

struct Patterns {
    says: RegexSet,
    unless: Vec<RegexSet>,
    not_said: RegexSet,
    other_count: RegexSet,
    active: RegexSet,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    says: set(SAYINGS.iter().map(|saying| saying.says)),
    unless: SAYINGS.iter().map(|saying| set([saying.unless])).collect(),
    not_said: set([NOT_SAID]),
    other_count: set([OTHER_COUNT]),
    active: set([ACTIVE]),
});

/// `7B parameters`, `1.3 billion parameters`, `1,100,048,384 parameters`, `Parameters: 7B`, `| Params | 7.2B |`.
static PARAMETERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?P<a>\d[\d,]*(?:\.\d+)?)[ -]?(?P<au>trillion|billion|million|thousand|milliards?|millions|bn|b|m|k)?[ -](?:de )?(?:total |model )?param(?:eter|ètre)?s?\b|\b(?:number of |total |model )?param(?:eter|ètre)?s?(?: count)?\W{1,6}(?:(?:is|are|of|about|approximately|total) ){0,2}(?P<b>\d[\d,]*(?:\.\d+)?) ?(?P<bu>trillion|billion|million|bn|b|m)?\b",
    )
    .ok()
});

/// `1.4T tokens`, `300 billion tokens`.
static TOKENS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?P<a>\d[\d,]*(?:\.\d+)?)[ -]?(?P<au>trillion|billion|million|thousand|milliards?|bn|tn|t|b|m|k)?\+?[ -](?:\w+ ){0,2}tokens\b").ok()
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
    RegexSetBuilder::new(patterns).unicode(false).build().unwrap_or_else(|_| RegexSet::empty())
}

/// What is longer is no sentence: tables of HTML, data within a text.
const LONGEST_SENTENCE: usize = 2000;

/// Bytes of sentences that are read of one text.
const MOST_READ: usize = 1 << 20;

/// What the sentences of a text say.
#[derive(Debug, Default)]
pub(crate) struct Prose {
    /// What they say, in their order.
    pub(crate) said: Vec<Said>,
    /// Numbers of parameters that they give for the model itself.
    pub(crate) parameters: Vec<Figure>,
    /// Numbers of tokens.
    pub(crate) tokens: Vec<Figure>,
    /// Floating-point operations, as thousandths of the power of ten, and where.
    pub(crate) flop: Option<(u32, Range<usize>)>,
    /// How much devices worked.
    pub(crate) work: Option<Work>,
}

/// Reads the sentences at these spans.
pub(crate) fn read(text: &str, sentences: &[Range<usize>]) -> Prose {
    let mut prose = Prose::default();
    let mut left = MOST_READ;
    for span in sentences.iter().filter(|span| span.len() <= LONGEST_SENTENCE) {
        let Some(rest) = left.checked_sub(span.len()) else { break };
        left = rest;
        let sentence = plain(&text[span.clone()]);
        let said = themes(&sentence).into_iter().map(|theme| Said { theme, span: span.clone() });
        prose.said.extend(said);
        prose.parameters.extend(parameters(&sentence, span));
        prose.tokens.extend(tokens(&sentence, span));
        if prose.flop.is_none() {
            prose.flop = flop(&sentence).map(|power| (power, span.clone()));
        }
        if prose.work.is_none() && !is_of_others(&sentence) {
            prose.work = work::work(&sentence);
        }
    }
    prose
}

/// The sentences of `text[range]`, as spans of `text`. They end at full stops before a space, at empty lines, and before
/// a line that does not go on with the one above: an item of a list, a row, a heading, a quote.
pub(crate) fn sentences(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let Some(part) = text.get(range.clone()) else { return found };
    let (mut start, bytes) = (0, part.as_bytes());
    for (at, byte) in bytes.iter().enumerate() {
        let ends = match byte {
            b'\n' => stands_alone(&bytes[start..at]) || !goes_on(&bytes[at + 1..]),
            b'.' | b'!' | b'?' => bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace),
            _ => false,
        };
        if ends {
            push(&mut found, text, range.start + start..range.start + at + 1);
            start = at + 1;
        }
    }
    push(&mut found, text, range.start + start..range.end);
    found
}

/// Whether a line is whole whatever follows: a heading, or a row of a table.
fn stands_alone(line: &[u8]) -> bool {
    matches!(line.trim_ascii_start().first(), Some(b'#' | b'|'))
}

/// Whether the line that comes goes on with the paragraph above it.
fn goes_on(rest: &[u8]) -> bool {
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_item = digits > 0 && matches!(line.get(digits), Some(b'.' | b')'));
    !is_item && line.first().is_some_and(|first| !b"#>|-*+<=!".contains(first))
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

/// What a sentence says.
fn themes(sentence: &str) -> Vec<Theme> {
    let patterns = &*PATTERNS;
    let bytes = sentence.as_bytes();
    let mut themes: Vec<Theme> = patterns
        .says
        .matches(bytes)
        .iter()
        .filter(|at| !patterns.unless[*at].is_match(bytes))
        .map(|at| SAYINGS[at].theme)
        .collect();
    themes.sort_unstable();
    themes.dedup();
    if themes.iter().all(|theme| stands_though_denied(*theme)) {
        return themes;
    }
    // A row of a table compares, more often than not.
    if sentence.starts_with('|') || is_of_others(sentence) {
        themes.retain(|theme| stands_though_denied(*theme));
    }
    themes
}

/// Whether a sentence speaks of the future, of others, or of what is not so.
pub(crate) fn is_denied(sentence: &str) -> bool {
    is_of_others(&plain(sentence))
}

/// The same of a sentence that is plain already.
fn is_of_others(sentence: &str) -> bool {
    PATTERNS.not_said.is_match(sentence.as_bytes())
}

/// Themes whose sentences hold a "not", or tell facts whatever stands beside them.
fn stands_though_denied(theme: Theme) -> bool {
    matches!(
        theme,
        Theme::NoSyntheticData | Theme::NoUserData | Theme::Hardware | Theme::Energy | Theme::Copyright
    )
}

/// Numbers of parameters that a sentence gives for the model itself.
fn parameters(sentence: &str, span: &Range<usize>) -> Vec<Figure> {
    // A row with several numbers compares several models.
    let compares = sentence.starts_with('|') && sentence.matches('|').count() > 3;
    if !sentence.contains("param") || compares || PATTERNS.other_count.is_match(sentence.as_bytes()) {
        return Vec::new();
    }
    let is_mixture = PATTERNS.active.is_match(sentence.as_bytes());
    let mut figures =
        figures(sentence, span, PARAMETERS.as_ref(), |words| !is_mixture || words.contains("total"));
    figures.retain(|figure| figure.value >= 1000);
    figures
}

/// Numbers of tokens that a sentence gives.
fn tokens(sentence: &str, span: &Range<usize>) -> Vec<Figure> {
    if !sentence.contains("token") {
        return Vec::new();
    }
    let mut figures = figures(sentence, span, TOKENS.as_ref(), |_| true);
    figures.retain(|figure| figure.value >= 10_000_000);
    figures
}

/// Floating-point operations that a sentence gives, as thousandths of the power of ten.
fn flop(sentence: &str) -> Option<u32> {
    if !sentence.contains("flop") && !sentence.contains("floating") {
        return None;
    }
    let found = FLOP.as_ref()?.captures(sentence)?;
    let power: u32 = found.name("e")?.as_str().parse().ok()?;
    let mantissa: f64 = found.name("m")?.as_str().parse().ok()?;
    (mantissa >= 1.0).then(|| power * 1000 + (mantissa.log10() * 1000.0).round() as u32)
}

fn figures(
    sentence: &str,
    span: &Range<usize>,
    pattern: Option<&Regex>,
    is_meant: impl Fn(&str) -> bool,
) -> Vec<Figure> {
    let Some(pattern) = pattern else { return Vec::new() };
    let found = pattern.captures_iter(sentence).filter(|found| is_meant(&found[0]));
    let figure = |found: regex::Captures<'_>| {
        let (number, unit, least) = match (found.name("a"), found.name("b")) {
            (Some(number), _) => (number, found.name("au"), 0),
            // After the word, a small number may be anything's.
            (None, Some(number)) => (number, found.name("bu"), 100_000),
            (None, None) => return None,
        };
        let (value, rounding) = number_of(number.as_str(), unit.map_or("", |unit| unit.as_str()))?;
        (value >= least).then(|| Figure { value, rounding, span: span.clone() })
    };
    found.filter_map(figure).collect()
}

/// `1.3` and `billion` as 1 300 000 000, and half a unit of its last digit.
fn number_of(number: &str, unit: &str) -> Option<(u64, u64)> {
    let scale: u64 = match unit {
        "k" | "thousand" => 1_000,
        "m" | "million" | "millions" => 1_000_000,
        "b" | "bn" | "billion" | "milliard" | "milliards" => 1_000_000_000,
        "t" | "tn" | "trillion" => 1_000_000_000_000,
        _ => 1,
    };
    // A comma before three digits stands between thousands; before fewer it is the French decimal sign.
    let digits = match number.rsplit_once(',') {
        Some((whole, fraction)) if fraction.len() < 3 && !whole.contains(',') => {
            format!("{whole}.{fraction}")
        }
        _ => number.replace(',', ""),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let fraction = &fraction[..fraction.len().min(6)];
    let unit_of_last = scale / 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let mut value = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    if !fraction.is_empty() {
        value = value.checked_add(fraction.parse::<u64>().ok()?.checked_mul(unit_of_last)?)?;
    }
    Some((value, unit_of_last / 2))
}

/// Words within quotation marks from which on they are somebody else's.
const QUOTED: usize = 4;

/// A sentence as patterns see it: in lower case, on one line, without emphasis and without what it quotes.
fn plain(sentence: &str) -> String {
    let mut plain = String::with_capacity(sentence.len());
    for character in sentence.chars().filter(|character| !matches!(character, '*' | '_' | '`')) {
        match character {
            blank if blank.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            ascii if ascii.is_ascii() => plain.push(ascii.to_ascii_lowercase()),
            other => plain.extend(other.to_lowercase()),
        }
    }
    for (open, close) in [('"', '"'), ('“', '”'), ('«', '»')] {
        without_quotes(&mut plain, open, close);
    }
    plain
}

/// Takes out what is quoted, unless it is a word or two.
fn without_quotes(text: &mut String, open: char, close: char) {
    let mut from = 0;
    while let Some(begin) = text[from..].find(open).map(|at| from + at) {
        let inside = begin + open.len_utf8();
        let Some(end) = text[inside..].find(close).map(|at| inside + at) else { return };
        if text[inside..end].split(' ').count() >= QUOTED {
            text.replace_range(inside..end, "");
            from = inside + close.len_utf8();
        } else {
            from = end + close.len_utf8();
        }
    }
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

    fn prose(text: &str) -> Prose {
        read(text, &sentences(text, 0..text.len()))
    }

    fn themes(text: &str) -> Vec<Theme> {
        prose(text).said.into_iter().map(|said| said.theme).collect()
    }

    #[test]
    fn every_pattern_is_one() {
        for Saying { theme, says, unless } in SAYINGS {
            assert!(!set([says]).is_empty() && !set([unless]).is_empty(), "{theme:?}");
        }
        assert_eq!(PATTERNS.says.len(), SAYINGS.len());
        assert!(
            !PATTERNS.not_said.is_empty() && !PATTERNS.other_count.is_empty() && !PATTERNS.active.is_empty()
        );
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
            prose(text).parameters.iter().map(|figure| (figure.value, figure.rounding)).collect::<Vec<_>>()
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
        let prose = prose(text);
        assert_eq!(prose.tokens[0].value, 1_400_000_000_000);
        assert_eq!(prose.flop.unwrap().0, 23_505);
    }

    #[test]
    fn sentences_go_on_over_lines_and_end_with_paragraphs() {
        let text = "The training code is\navailable here. Yes\n\n# Title\nOne line\n- an item\n  that goes on\n| a | b |\nend";
        let all: Vec<&str> = sentences(text, 0..text.len()).into_iter().map(|span| &text[span]).collect();
        assert_eq!(
            all,
            [
                "The training code is\navailable here.",
                "Yes",
                "# Title",
                "One line",
                "- an item\n  that goes on",
                "| a | b |",
                "end"
            ]
        );
    }

    #[test]
    fn what_is_quoted_is_not_said() {
        assert_eq!(plain("As **one** wrote: \"this model is fully open source\"."), "as one wrote: \"\".");
        assert_eq!(plain("A \"base\" model"), "a \"base\" model");
    }

    proptest::proptest! {
        #[test]
        fn sentences_lie_in_the_text_and_nothing_panics(text in "[a-z0-9.!? \n,é€*|:\"“”-]{0,200}") {
            let all = sentences(&text, 0..text.len());
            for span in &all {
                proptest::prop_assert!(text.get(span.clone()).is_some_and(|sentence| !sentence.is_empty()));
            }
            for said in read(&text, &all).said {
                proptest::prop_assert!(all.contains(&said.span));
            }
        }
    }
}
