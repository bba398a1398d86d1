//! The links of a card that lead to code, datasets and papers.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Survey;

/// Hosts of code repositories.
const FORGES: [&str; 6] =
    ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "git.sr.ht", "gitee.com"];

/// Libraries and programs that cards link to because they run models: their code is not the model's.
const TOOLS: [&str; 34] = [
    "huggingface",
    "vllm-project",
    "ggerganov",
    "ggml-org",
    "sgl-project",
    "pytorch",
    "tensorflow",
    "nvidia/tensorrt-llm",
    "nvidia/megatron-lm",
    "dao-ailab",
    "microsoft/deepspeed",
    "deepspeedai",
    "eleutherai/lm-evaluation-harness",
    "openai",
    "axolotl-ai-cloud",
    "openaccess-ai-collective",
    "unslothai",
    "ollama",
    "oobabooga",
    "langchain-ai",
    "casper-hansen",
    "autogptq",
    "turboderp",
    "mlc-ai",
    "ml-explore",
    "lmstudio-ai",
    "lm-sys/fastchat",
    "bitsandbytes-foundation",
    "timdettmers",
    "google/sentencepiece",
    "intel",
    "onnx",
    "embeddings-benchmark",
    "ukplab",
];

impl Survey<'_> {
    /// Repositories of code that the card links to and that may be this model's own: each with the sentence around
    /// the first link.
    pub(crate) fn code_links(&self) -> Vec<(String, Range<usize>)> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for link in self.card.links() {
            let Some(address) = code_address(&link.target) else { continue };
            let place = address.split_once("//").map_or("", |(_, rest)| rest).to_lowercase();
            let path = place.split_once('/').map_or("", |(_, path)| path);
            let is_tool = TOOLS.iter().any(|tool| path == *tool || path.starts_with(&format!("{tool}/")));
            let own = self.shares_a_word(path);
            if (own || !is_tool) && seen.insert(place) {
                found.push((own, address, self.card.sentence_at(&link.span)));
            }
        }
        // Those that share a name with the model come first.
        found.sort_by_key(|(own, ..)| !own);
        found.into_iter().map(|(_, address, sentence)| (address, sentence)).collect()
    }

    /// Whether a path of a forge shares its owner, or a word of its name, with the repository.
    fn shares_a_word(&self, path: &str) -> bool {
        let own = self.subject.repository.as_deref().unwrap_or_default().to_lowercase();
        let (owner, name) = own.split_once('/').unwrap_or(("", &own));
        let words = |text: &str| -> BTreeSet<String> {
            text.split(|letter: char| !letter.is_alphanumeric())
                .filter(|word| word.len() > 2)
                .map(ToOwned::to_owned)
                .collect()
        };
        let (their_owner, their_name) = path.split_once('/').unwrap_or((path, ""));
        (!owner.is_empty() && owner == their_owner)
            || words(name).intersection(&words(their_name)).next().is_some()
    }

    /// Datasets that the card links to in a section on training data: `owner/name` with the sentence around the link.
    pub(crate) fn linked_datasets(&self) -> Vec<(String, Range<usize>)> {
        let sections = self.card.sections(super::Topic::TrainingData, 0);
        let within = |place: &Range<usize>| {
            sections.iter().any(|section| section.body.start <= place.start && place.end <= section.body.end)
        };
        let links = self.card.links().filter(|link| within(&link.span));
        links
            .filter_map(|link| Some((dataset_id(&link.target)?, self.card.sentence_at(&link.span))))
            .collect()
    }
}

/// `https://forge/owner/name` of an address that leads to or into a repository of code.
pub(crate) fn code_address(target: &str) -> Option<String> {
    let rest = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"))?;
    let rest = rest.split(['?', '#']).next()?;
    let (host, path) = rest.split_once('/')?;
    let host = host.trim_start_matches("www.").to_ascii_lowercase();
    let ends_in_git = path.ends_with(".git");
    if !FORGES.contains(&host.as_str()) && !ends_in_git {
        return None;
    }
    if ends_in_git && !FORGES.contains(&host.as_str()) {
        return Some(target.to_owned());
    }
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let (owner, name) = (parts.next()?, parts.next()?.trim_end_matches(".git"));
    let reserved = ["orgs", "topics", "features", "marketplace", "sponsors", "about"];
    (!reserved.contains(&owner) && !name.is_empty()).then(|| format!("https://{host}/{owner}/{name}"))
}

/// `owner/name` of an address that leads to a dataset on a hub: `…/datasets/owner/name`.
fn dataset_id(target: &str) -> Option<String> {
    let (_, path) = target.split_once("/datasets/")?;
    let path = path.split(['?', '#']).next()?;
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let (owner, name) = (parts.next()?, parts.next()?);
    Some(format!("{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_repositories() {
        let address = |target| code_address(target);
        assert_eq!(
            address("https://github.com/ada/tiny/tree/main/train").as_deref(),
            Some("https://github.com/ada/tiny")
        );
        assert_eq!(
            address("http://www.gitlab.com/ada/tiny.git#readme").as_deref(),
            Some("https://gitlab.com/ada/tiny")
        );
        assert_eq!(
            address("https://git.example.org/ada/tiny.git").as_deref(),
            Some("https://git.example.org/ada/tiny.git")
        );
        for other in [
            "https://github.com/ada",
            "https://example.org/ada/tiny",
            "mailto:ada@example.org",
            "https://github.com/topics/x",
        ] {
            assert_eq!(address(other), None, "{other}");
        }
        assert_eq!(
            dataset_id("https://huggingface.co/datasets/ada/books/viewer").as_deref(),
            Some("ada/books")
        );
        assert_eq!(dataset_id("https://huggingface.co/ada/books"), None);
    }
}
