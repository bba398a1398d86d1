//! What a text that is no known licence says: sentences that restrict, demand or reserve something.
//!
//! Heuristic by nature: what is found is to be read by a person, and what is not found may be there all the same.
//! Known licences are never read this way: "noncommercially" stands in the GPL, "commercial or non-commercial" in the
//! Unlicense, and neither restricts anything.

use std::sync::LazyLock;

use regex::Regex;
use regex::bytes::{RegexSet, RegexSetBuilder};
use serde::Serialize;

use crate::text::{Pause, Span, Words};

/// What a clause is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// No commercial use, or only with leave.
    NonCommercial,
    /// For research, study or evaluation only.
    ResearchOnly,
    /// Some uses are forbidden, in the text or in a policy that it names.
    FieldOfUse,
    /// Something depends on how many users there are.
    UserThreshold,
    /// Something depends on how much is earned.
    RevenueThreshold,
    /// No passing on.
    NoRedistribution,
    /// No changes.
    NoDerivatives,
    /// Outputs may not be used to make or improve other models.
    NoTrainingOthers,
    /// What was granted may be taken back.
    Revocable,
    /// The terms, or the thing itself, may be changed by one side.
    UnilateralUpdate,
    /// Some regions are left out.
    Geography,
    /// A name or a phrase must be shown.
    Naming,
    /// What is derived must have the same terms.
    ShareAlike,
    /// A separate licence is needed, or offered, for some uses.
    SeparateLicence,
    /// Notices or credit must be kept.
    Attribution,
}

/// A sentence that says something of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Clause {
    /// Where the sentence stands.
    pub span: Span,
    /// What it is about.
    pub kind: ClauseKind,
}

/// Ways to say something: found where one of `says` matches and none of `unless` does. Sentences are matched in lower case,
/// without punctuation, hyphens and apostrophes, with single spaces.
struct Rule {
    kind: ClauseKind,
    says: &'static [&'static str],
    unless: &'static [&'static str],
}

const fn rule(kind: ClauseKind, says: &'static [&'static str], unless: &'static [&'static str]) -> Rule {
    Rule { kind, says, unless }
}

use ClauseKind::{
    Attribution, FieldOfUse, Geography, Naming, NoDerivatives, NoRedistribution, NoTrainingOthers,
    NonCommercial, ResearchOnly, RevenueThreshold, Revocable, SeparateLicence, ShareAlike, UnilateralUpdate,
    UserThreshold,
};

const RULES: &[Rule] = &[
    rule(
        NonCommercial,
        &[r"\bnon ?commercial\b", r"\bno commercial\b"],
        &[
            r"\bcommercial (or|and) non ?commercial",
            r"\bnon ?commercial (or|and) commercial",
            r"not limited to non ?commercial",
            r"including non ?commercial",
            r"regardless of",
        ],
    ),
    rule(
        NonCommercial,
        &[
            r"\b(may|shall|must|can|will|do|does|is|are|should) not\b.{0,120}\bcommercial(ly)?\b",
            r"\bcannot\b.{0,120}\bcommercial(ly)?\b",
            r"\b(prohibited|forbidden|refrain|barred) from\b.{0,120}\bcommercial",
            r"\bexcept\b.{0,20}\bcommercial (use|purpose)",
            r"\bnot (for|licensed for|permitted for|intended for) (any )?commercial",
        ],
        &[
            r"commercially reasonable",
            r"commercial (damages|or non ?commercial)",
            r"non ?commercial or commercial",
            r"not (be )?limited to",
        ],
    ),
    rule(
        NonCommercial,
        &[
            r"\bcommercial (use|usage|exploitation|purposes?|application|deployment|activit(y|ies))\b.{0,80}\b(prohibited|forbidden|not (permitted|allowed|licensed|authori[sz]ed|granted)|requires?|only (with|after|if))\b",
        ],
        &[r"requires? (no|neither)", r"does not require"],
    ),
    rule(
        ResearchOnly,
        &[
            r"\bnon ?commercial research\b",
            r"\b(only|solely|exclusively|strictly|limited to|restricted to)\b.{0,120}\b(research|academic|scholarly|educational|evaluation|scientific)\b",
            r"\b(research|academic|educational|evaluation)( \w+){0,3} (only|exclusively|solely)\b",
            r"\bresearch only\b",
        ],
        &[r"\bnot (be )?(limited|restricted) to", r"not only"],
    ),
    rule(
        FieldOfUse,
        &[
            r"\b(acceptable|prohibited|permitted|restricted) uses?( policy)?\b",
            r"\buse based restriction",
            r"\b(usage|use) (restriction|polic)",
            r"\brestricted uses?\b",
            r"\bprohibited uses?\b",
        ],
        &[
            r"no (acceptable use|use restriction|usage restriction)",
            r"without (any )?(use|usage) restriction",
        ],
    ),
    rule(
        FieldOfUse,
        &[
            r"\b(not|never|cannot|prohibited from|forbidden to|no)\b.{0,100}\b(military|weapons?|warfare|surveillance|discriminat\w+|harm\w*|illegal|unlawful|medical|clinical|law enforcement|political|nuclear|biometric|gambling|deceptive|disinformation|exploit\w* minors?)\b",
        ],
        &[
            r"not (designed|intended|warrant\w*|liable|limited to)",
            r"no warrant",
            r"harmless",
            r"illegal or unenforceable",
            r"held (to be )?(invalid|illegal)",
            r"(illegal|unlawful) (provision|under)",
        ],
    ),
    rule(
        FieldOfUse,
        &[
            r"\b(only|solely|exclusively)\b.{0,40}\b(for|in|with)\b.{0,30}\b(personal|internal|private|lawful and ethical|computational|peaceful|charitable) (use|purposes?)\b",
        ],
        &[r"\bnot (be )?(limited|restricted) to", r"not only"],
    ),
    rule(
        UserThreshold,
        &[
            r"\b(monthly|daily|weekly) (active )?(unique )?users?\b",
            r"\bactive users?\b",
            r"\b(more than|exceed\w*|greater than|over|above|in excess of|fewer than|less than)\b.{0,40}\b(users|customers|subscribers|employees)\b",
        ],
        &[],
    ),
    rule(
        RevenueThreshold,
        &[
            r"\b(annual|monthly|yearly|quarterly|gross|total|aggregate|consolidated|recurring)\b.{0,60}\b(revenues?|turnover|income|sales)\b",
            r"\b(revenues?|turnover|funding)\b.{0,60}\b(exceed\w*|more than|less than|greater than|above|over|below|threshold|at least|in excess of)\b",
            r"\b(exceed\w*|more than|less than|greater than|in excess of|over)\b.{0,60}\b(revenues?|turnover|funding)\b",
        ],
        &[r"loss of", r"lost (profits|revenues)"],
    ),
    rule(
        NoRedistribution,
        &[
            r"\b(may|shall|must|can|will|do) not\b.{0,80}\b((re)?distribut\w*|(re)?publish|sub ?licens\w*|share|transfer|disclose|make .{0,20}available|host)\b",
            r"\bcannot\b.{0,60}\b((re)?distribut\w*|(re)?publish|share)\b",
            r"\b(re)?distribution\b.{0,50}\b(prohibited|forbidden|not (permitted|allowed|authori[sz]ed))\b",
            r"\bno (re)?distribution\b",
            r"\bprohibited from\b.{0,60}\b(re)?distribut",
        ],
        &[
            r"\b(unless|except|without (the |this )?(notice|copyright|attribution|including|providing))\b",
            r"used to",
            r"trademark",
            r"endorse",
            r"not (be )?limited",
            r"impose",
            r"do not (apply|affect|restrict|cover)",
            r"\bnot agree (to|with)\b",
            r"\bassign\b",
            r"\bmilitary\b",
        ],
    ),
    rule(
        NoDerivatives,
        &[
            r"\bnot have permission\b.{0,80}\b(adapted|derivative)",
            r"\b(may|shall|must|can|will|do) not\b.{0,80}\b(modify|adapt|alter|translate|fine ?tune|reverse engineer|decompile|merge|(create|prepare|make|produce) (\w+ ){0,2}derivatives?)\b",
            r"\bcannot\b.{0,60}\b(modify|alter|fine ?tune)\b",
            r"\bno ?deriv\w+",
            r"\bno (modifications?|changes)\b",
            r"\b(modifications?|derivative works?|fine ?tuning)\b.{0,40}\b(prohibited|forbidden|not (permitted|allowed))\b",
        ],
        &[
            r"\b(unless|except)\b",
            r"trademark",
            r"endorse",
            r"not (be )?limited",
            r"used to",
            r"(alter|modify) (the |this |any )?(notice|license|terms)",
            r"\bnot agree (to|with)\b",
            r"\bmilitary\b",
            r"\btrain\b",
        ],
    ),
    rule(
        NoTrainingOthers,
        &[
            r"\b(not|never|cannot|prohibited from|forbidden)\b.{0,160}\b(train|trains|training|improve|develop|create|distill?|fine ?tune|build|enhance)\b.{0,100}\b(models?|ai|artificial intelligence|machine learning|language model)\b",
        ],
        &[
            r"does not restrict",
            r"not (be )?(restricted|limited|required) (from|to)",
            r"no restriction",
            r"\bnot agree (to|with)\b",
            r"do(es)? not include",
        ],
    ),
    rule(
        Revocable,
        &[
            r"subject to revocation",
            r"\brevocable\b",
            r"\b(may|can|right to|rights to|entitled to)\b.{0,40}\b(revoke|withdraw|suspend|cancel|rescind)\b",
            r"\bterminat\w*\b.{0,80}\b(at any time|for any reason|sole discretion|for convenience|without (cause|notice))\b",
            r"\b(at any time|sole discretion)\b.{0,60}\b(revoke|terminat\w*|withdraw)\b",
        ],
        &[
            r"\bnot (be )?(revoked|revocable|withdrawn|terminated)",
            r"non ?revocable",
            r"you may terminate",
            r"upon (your|any) breach",
            r"\b(in|event of (a|any|your)) breach\b",
            r"\bany breach\b",
        ],
    ),
    rule(
        UnilateralUpdate,
        &[
            r"\b(may|can|will|right to|rights to|entitled to)\b.{0,60}\b(modify|update|amend|change|revise|replace)\b.{0,60}\b(agreement|terms|policy|policies|conditions|license|restrictions)\b",
            r"\b(updated?|amended|revised|changed|modified)\b.{0,30}\bfrom time to time\b",
            r"\bfrom time to time\b.{0,60}\b(update|amend|revise|change|modify)",
            r"\bremotely or otherwise\b",
            r"\brestrict\b.{0,40}\bremotely\b",
            r"\blatest version of (the )?(model|software|policy|agreement|terms)\b",
        ],
        &[
            r"\byou (may|can) (modify|change|amend)",
            r"may not (modify|change|amend)",
            r"not (modify|change|alter) (the|this)",
            r"different license terms",
            r"your modifications",
        ],
    ),
    rule(
        Geography,
        &[
            r"\b(european union|eea|united kingdom|south korea|china|russia|iran)\b.{0,80}\b(not|exclud\w*|outside|except)\b",
            r"\b(not|exclud\w*|outside|except)\b.{0,80}\b(european union|eea|united kingdom|south korea|china|russia|iran)\b",
            r"\boutside (of )?the territory\b",
            r"\bdomiciled in\b",
            r"\b(only|solely|exclusively) (within|in) (the )?(territory|united states|european union)\b",
            r"\bresidents? of\b.{0,40}\b(not|may not|excluded)\b",
        ],
        &[
            r"\b(laws?|courts?|jurisdiction|export|governed|directive|regulation)\b",
            r"\blocated (in|outside)\b",
        ],
    ),
    rule(
        Naming,
        &[
            r"\bprominently displayed\b",
            r"\bis built (using|with)\b",
            r"\bprominently display\b",
            r"\bat the (beginning|start) of\b.{0,60}\bname\b",
            r"\bname\w*\b.{0,60}\b(must|shall) (also )?(begin|start|include|contain)\b",
            r"\b(must|shall)\b.{0,80}\b(display|show|include|mark|add)\b.{0,80}\b(logo|brand|phrase|built with|powered by|improved using|made with|name of the model)\b",
            r"\b(display|include|mark|add)\b.{0,80}\b(built with|powered by|improved using)\b",
        ],
        &[r"\bno\b.{0,30}\bdisplay\b"],
    ),
    rule(
        ShareAlike,
        &[
            r"\bshare ?alike\b",
            r"\bsame license\b",
            r"\bcopyleft\b",
            r"\bonly under (the terms of )?this license\b",
            r"\bunder (the |an )?(same|identical)( \w+){0,3} (license|terms|conditions)\b",
            r"\b(must|shall|required to|remains?)\b.{0,80}\b(licensed|released|distributed|made available|published|subject)\b.{0,60}\b(under|to|by) (the terms of )?this (license|agreement)\b",
        ],
        &[
            r"\b(is|are|was|were) (licensed|released|distributed|made available|published) under (this|the)",
            r"not (require|copyleft)",
            r"need not",
            r"no copyleft",
        ],
    ),
    rule(
        SeparateLicence,
        &[
            r"\b(separate|commercial|enterprise|additional|different)( \w+){0,2} licen\w+\b.{0,80}\b(contact|obtain\w*|request\w*|required|needed|purchas\w*|from)\b",
            r"\b(request|obtain|need|requires?|acquire|purchase|buy|contact|enter into|apply for)\b.{0,100}\b(separate|commercial|enterprise|additional)( \w+){0,2} (licen\w+|agreement|authori[sz]ation|permission)\b",
            r"\b(must|shall) request a license\b",
            r"\bprior written (authori[sz]ation|consent|permission) (from|of|by)\b.{0,60}\bcommercial",
        ],
        &[
            r"\b(does|do|is|are) not (need|require)",
            r"no (separate|additional|commercial) license",
            r"without (a |any )?(separate|additional)",
        ],
    ),
    rule(
        Attribution,
        &[
            r"\b(must|shall|required to|agree to|need to|provided that|please)\b.{0,100}\b(attribution|credit|cite|citation|acknowledg\w+|copyright notice|notices?)\b",
            r"\bgive appropriate credit\b",
            r"\bretain the (above )?copyright\b",
            r"\b(shall|must) be (included|reproduced|retained) in\b",
        ],
        &[
            r"\b(not|never) (be )?required to (give|provide|include|cite|credit|acknowledge)",
            r"no attribution",
            r"must not remove",
            r"need not",
            r"written notice",
            r"prior notice",
            r"notice period",
        ],
    ),
];

/// The clauses of those sentences that have something in the given parts, in the order of the text.
pub(crate) fn clauses_in(text: &str, parts: &[Span]) -> Vec<Clause> {
    let Some(patterns) = PATTERNS.as_ref().filter(|_| !parts.is_empty()) else { return Vec::new() };
    let mut clauses = Vec::new();
    for sentence in sentences(&Words::of_licence(text)) {
        let from = parts.partition_point(|part| part.end <= sentence.span.start);
        if parts.get(from).is_some_and(|part| part.start < sentence.span.end) {
            let kinds = patterns.kinds(&sentence.words);
            clauses.extend(kinds.into_iter().map(|kind| Clause { span: sentence.span, kind }));
        }
    }
    clauses
}

/// Whether a part says something by itself, without the sentence that it stands in.
pub(crate) fn speaks(part: &str) -> bool {
    !clauses_in(part, &[Span { start: 0, end: part.len() }]).is_empty()
}

/// A sentence, or an item of a list together with the words that introduce the list.
struct Sentence {
    words: String,
    span: Span,
}

/// No sentence is longer, in words: what has no full stop is read in stretches.
const LONGEST_SENTENCE: usize = 300;
/// No more words of an introduction are repeated before each item of its list.
const LONGEST_INTRODUCTION: usize = 400;

fn sentences(words: &Words) -> Vec<Sentence> {
    let (mut sentences, mut introduction) = (Vec::new(), String::new());
    let (mut own, mut count, mut start) = (String::new(), 0, 0);
    for (index, (word, place)) in words.iter().enumerate() {
        if count == 0 {
            start = place.span.start;
        } else {
            own.push(' ');
        }
        own.push_str(word);
        count += 1;
        if place.pause < Pause::Sentence && count < LONGEST_SENTENCE && index + 1 < words.len() {
            continue;
        }
        let own = std::mem::take(&mut own);
        count = 0;
        let whole = if introduction.is_empty() { own.clone() } else { format!("{introduction} {own}") };
        sentences.push(Sentence { words: whole, span: Span { start, end: place.span.end } });
        match place.pause {
            Pause::Introduction if own.len() <= LONGEST_INTRODUCTION => introduction = own,
            Pause::Item => {}
            _ => introduction.clear(),
        }
    }
    sentences
}

/// The patterns, made once. None would mean that a pattern is no pattern; the tests find clauses.
struct Patterns {
    /// What a rule says, with any number of words in its gaps: quick, and never less than the rule finds.
    roughly: RegexSet,
    exactly: Vec<(RegexSet, RegexSet)>,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(Patterns::new);

impl Patterns {
    fn new() -> Option<Self> {
        let gap = Regex::new(r"\.\{0,[0-9]+\}").ok()?;
        let rough = RULES.iter().map(|rule| gap.replace_all(&rule.says.join("|"), ".*").into_owned());
        let exactly = RULES.iter().map(|rule| Some((set(rule.says)?, set(rule.unless)?)));
        Some(Self { roughly: set(rough)?, exactly: exactly.collect::<Option<_>>()? })
    }

    fn kinds(&self, sentence: &str) -> Vec<ClauseKind> {
        let sentence = sentence.as_bytes();
        let candidates = self.roughly.matches(sentence).into_iter();
        let said = candidates.filter(|rule| {
            let (says, unless) = &self.exactly[*rule];
            says.is_match(sentence) && !unless.is_match(sentence)
        });
        let mut kinds: Vec<ClauseKind> = said.map(|rule| RULES[rule].kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

fn set(patterns: impl IntoIterator<Item = impl AsRef<str>>) -> Option<RegexSet> {
    RegexSetBuilder::new(patterns).unicode(false).build().ok()
}
