//! Papers: a report on the model, and a paper that peers have reviewed.

use std::ops::Range;

use super::Desk;
use crate::remark::remark;
use crate::report::{EvidenceKind, Finding, Locator, Strength};
use crate::source::{File, Page, Reach};
use crate::status::Degree;

/// Papers whose pages are looked at.
const MOST_PAPERS: usize = 6;

/// Hosts of preprints and reports.
const PREPRINTS: [&str; 6] =
    ["arxiv.org", "biorxiv.org", "hal.science", "zenodo.org", "ssrn.com", "techrxiv.org"];

/// Hosts that publish what peers have reviewed, and prefixes of DOIs of such publishers.
const VENUES: [&str; 14] = [
    "aclanthology.org",
    "proceedings.mlr.press",
    "papers.nips.cc",
    "proceedings.neurips.cc",
    "openaccess.thecvf.com",
    "ieeexplore.ieee.org",
    "dl.acm.org",
    "nature.com",
    "science.org",
    "jmlr.org",
    "link.springer.com",
    "isca-archive.org",
    "isca-speech.org",
    "ojs.aaai.org",
];
const VENUE_DOIS: [&str; 8] =
    ["10.18653/", "10.1109/", "10.1145/", "10.1038/", "10.1126/", "10.1007/", "10.21437/", "10.1609/"];

/// A paper that a card links to.
struct Cited {
    address: String,
    span: Range<usize>,
    reviewed: bool,
}

/// T2. A report that can be had and is about this model.
pub(super) fn report(desk: &mut Desk<'_>) -> Finding {
    let finding = cited(desk, |_| true);
    let finding = match finding.extent.verified {
        Degree::None => report_in_file(desk, &finding).unwrap_or(finding),
        _ => finding,
    };
    finding.raised_by(remark!("write-report", "publish a technical report and link to it"))
}

/// A PDF in the repository. What is in it is not read: it may be anything.
fn report_in_file(desk: &mut Desk<'_>, cited: &Finding) -> Option<Finding> {
    let survey = desk.survey;
    let named = |file: &&File| file.path.to_lowercase().ends_with(".pdf") && file.size > 20_000;
    let file = survey.documents().find(named)?;
    survey.head(file, 8).filter(|head| head.starts_with(b"%PDF-"))?;
    let path = &file.path;
    let says = remark!("report-file", "`{path}` is a PDF, which may be the report", path);
    let shown = desk.shows(Strength::Heuristic, says.clone(), survey.place(file));
    let finding = Finding::probable(desk.criterion, Degree::Full).because(says);
    Some(finding.saying(cited.claims.clone()).showing(cited.evidence.clone()).showing([shown]))
}

/// T3. A paper at a venue that reviews.
pub(super) fn paper(desk: &mut Desk<'_>) -> Finding {
    cited(desk, |cited| cited.reviewed)
        .raised_by(remark!("publish-paper", "link to the paper where it was reviewed and published"))
}

fn cited(desk: &mut Desk<'_>, wanted: impl Fn(&Cited) -> bool) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let papers: Vec<Cited> = all_cited(desk).into_iter().filter(wanted).take(MOST_PAPERS).collect();
    let Some(text) = survey.card.text().filter(|_| !papers.is_empty()) else {
        return Finding::missing(criterion)
            .because(remark!("no-paper", "no such paper is linked to"))
            .searching("the card");
    };
    let mut claims = Vec::new();
    let mut unreached = None;
    let mut others = Vec::new();
    for paper in papers {
        claims.push(desk.claim(
            format!("paper={}", paper.address),
            text,
            survey.card.sentence_at(&paper.span),
        ));
        match survey.neighbours.world.page(&paper.address) {
            Reach::Found(page) if page.status == 200 => {
                let about = is_about(desk, &page);
                let shown = enter(desk, &page, about);
                if about {
                    return Finding::verified(criterion, Degree::Full, Degree::Full)
                        .because(remark!("paper-there", "a paper on it can be had"))
                        .saying(claims)
                        .showing(others)
                        .showing([shown]);
                }
                others.push(shown);
            }
            Reach::Found(page) => others.push(enter(desk, &page, false)),
            Reach::Unreachable(why) => unreached = Some((paper.address, why)),
            Reach::Absent(_) | Reach::Closed(_) => {}
        }
    }
    let finding = match unreached {
        Some((address, why)) if cites_itself(desk) => {
            Finding::probable(criterion, Degree::Full).because(remark!(
                "paper-unreached",
                "{address} was not looked at ({why}); the card asks to cite it",
                address,
                why
            ))
        }
        Some((address, why)) => Finding::claimed(criterion, Degree::Full).because(remark!(
            "paper-unreached-only",
            "{address} was not looked at: {why}",
            address,
            why
        )),
        None => Finding::claimed(criterion, Degree::Partial).because(remark!(
            "paper-of-others",
            "papers are linked to; none of them could be seen to be about it"
        )),
    };
    finding.saying(claims).showing(others).searching("the links of the card")
}

/// The papers that the card links to, with the place of the link.
pub(crate) fn addresses(desk: &Desk<'_>) -> Vec<(String, Range<usize>)> {
    all_cited(desk).into_iter().take(MOST_PAPERS).map(|cited| (cited.address, cited.span)).collect()
}

fn all_cited(desk: &Desk<'_>) -> Vec<Cited> {
    let mut seen = std::collections::BTreeSet::new();
    let links = desk.survey.card.links();
    let mut cited: Vec<Cited> = links
        .filter_map(|link| {
            let lower = link.target.to_lowercase();
            let host = lower.split("://").nth(1)?.split('/').next()?.trim_start_matches("www.").to_owned();
            let of = |hosts: &[&str]| {
                hosts.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")))
            };
            let doi = host.ends_with("doi.org");
            let reviewed = of(&VENUES) || (doi && VENUE_DOIS.iter().any(|prefix| lower.contains(prefix)));
            let paper = reviewed || doi || of(&PREPRINTS);
            let address = canonical(&link.target);
            (paper && seen.insert(address.clone())).then(|| Cited {
                address,
                span: link.span.clone(),
                reviewed,
            })
        })
        .collect();
    // What the card calls a paper or report comes before what it links to otherwise, such as papers on other models.
    cited.sort_by_key(|cited| !is_called_a_paper(desk, cited));
    cited
}

fn is_called_a_paper(desk: &Desk<'_>, cited: &Cited) -> bool {
    let card = &desk.survey.card;
    let sentence = card.body().get(card.sentence_at(&cited.span)).unwrap_or_default().to_lowercase();
    ["paper", "report", "preprint"].iter().any(|word| sentence.contains(word))
}

/// The page on a paper, for an address that leads to its file.
fn canonical(address: &str) -> String {
    let address = address.split('#').next().unwrap_or(address);
    match address.split_once("arxiv.org/pdf/") {
        Some((before, id)) => format!("{before}arxiv.org/abs/{}", id.trim_end_matches(".pdf")),
        None => address.to_owned(),
    }
}

/// Whether the title of a page shares a telling word with the repository's name or owner.
pub(crate) fn is_about(desk: &Desk<'_>, page: &Page) -> bool {
    let text = page.text.to_lowercase();
    words_of_name(desk).iter().any(|word| has_word(&text, word))
}

/// Whether a text has a word by itself: `tinyllama` in a text has no `tiny`, and `tiny2` has one.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_letter = |sign: Option<char>| sign.is_some_and(char::is_alphabetic);
        !is_letter(text[..at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next())
    })
}

/// Whether the name has words by which a paper could be told to be about it.
pub(crate) fn has_telling_name(desk: &Desk<'_>) -> bool {
    !words_of_name(desk).is_empty()
}

/// Words of the name that are not those of every other name, nor of the models it is made from.
fn words_of_name(desk: &Desk<'_>) -> Vec<String> {
    let common = [
        "base",
        "large",
        "small",
        "tiny",
        "mini",
        "chat",
        "instruct",
        "model",
        "bert",
        "uncased",
        "cased",
        "multilingual",
        "sft",
        "dpo",
        "rlhf",
        "gguf",
        "awq",
        "gptq",
        "fp8",
        "fp16",
        "bf16",
        "int4",
        "int8",
        "preview",
        "final",
        "dev",
        "test",
        "adapter",
        "lora",
    ];
    let survey = desk.survey;
    let name = survey.name().to_lowercase();
    let bases: Vec<String> = survey.bases.iter().map(|base| base.id.to_lowercase()).collect();
    let family = survey.config.as_ref().and_then(|(_, config)| config.model_type.clone()).unwrap_or_default();
    let of_another = |word: &str| {
        bases.iter().any(|base| base.contains(word)) || (!bases.is_empty() && family.starts_with(word))
    };
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let telling = |word: &&str| {
        word.len() >= 3
            && !common.contains(word)
            && !word.starts_with(|first: char| first.is_ascii_digit())
            && !of_another(word)
    };
    words.filter(telling).map(ToOwned::to_owned).collect()
}

/// Whether an entry of the card's bibliography has a word of the name in its title: the card asks to be cited by it.
fn cites_itself(desk: &Desk<'_>) -> bool {
    let words = words_of_name(desk);
    let blocks = desk.survey.card.code_blocks();
    blocks.filter(|(_, text)| text.trim_start().starts_with('@')).any(|(_, text)| {
        let text = text.to_lowercase();
        let title = text.split("title").nth(1).unwrap_or_default();
        let title = title.split('\n').next().unwrap_or_default();
        words.iter().any(|word| title.contains(word.as_str()))
    })
}

fn enter(desk: &mut Desk<'_>, page: &Page, about: bool) -> String {
    let (address, status) = (&page.address, page.status);
    let says = match about {
        true => remark!("page-about", "{address} answers with {status}, and names it", address, status),
        false => {
            remark!("page-other", "{address} answers with {status}, and does not name it", address, status)
        }
    };
    let strength = if about { Strength::Derived } else { Strength::Heuristic };
    let locator = Locator {
        address: Some(page.address.clone()),
        status: Some(page.status),
        sha256: Some(page.sha256),
        ..Locator::default()
    };
    desk.enter(EvidenceKind::Page, strength, says, locator)
}
