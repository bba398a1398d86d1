//! Sentences that claim something, and others that come near: each stands alone in a card beside bytes that contradict the
//! claim, so that the rule fires exactly when the sentence is taken for one.

use limpide_openness::Severity::{self, Proves, Suggests};

use crate::commons::{Commons, Shelf};
use crate::made::{safetensors, weights};
use crate::story::Story;

/// Sentences for one rule.
pub(crate) struct Sentences {
    pub(crate) rule: &'static str,
    severity: Severity,
    /// What contradicts the claim.
    setting: fn(&str) -> Story,
    /// They claim it.
    claims: &'static [&'static str],
    /// They do not.
    others: &'static [&'static str],
    /// They claim it, in a way that nobody has taught the rule yet.
    missed: &'static [&'static str],
    /// They do not, and the rule takes them for a claim.
    false_alarms: &'static [&'static str],
}

impl Sentences {
    /// A story for each sentence, with the sentence.
    pub(crate) fn stories(&self) -> Vec<(&'static str, Story)> {
        let (rule, severity) = (self.rule, self.severity);
        let tell = |sentences: &'static [&'static str],
                    change: fn(Story, &'static str, Severity) -> Story| {
            sentences
                .iter()
                .map(move |sentence| (*sentence, change((self.setting)(sentence), rule, severity)))
        };
        let claims = tell(self.claims, |story, rule, severity| story.contradicts(rule, severity));
        let others = tell(self.others, |story, _, _| story);
        let missed = tell(self.missed, |mut story, rule, severity| {
            story.missed.insert(rule);
            story.contradicts(rule, severity)
        });
        let false_alarms = tell(self.false_alarms, |mut story, rule, severity| {
            story.false_alarms.insert((rule, severity));
            story
        });
        claims.chain(others).chain(missed).chain(false_alarms).collect()
    }
}

fn bare(metadata: &str, sentence: &str) -> Shelf {
    Shelf::model("ada/tiny").card(metadata, &format!("# Tiny\n\n{sentence}\n"))
}

fn model(metadata: &str, sentence: &str) -> Shelf {
    bare(metadata, sentence).file("model.safetensors", weights(1))
}

fn permissive_dataset(sentence: &str) -> Story {
    let rows = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n";
    Story::of(
        Shelf::dataset("ada/talks")
            .card("license: cc0-1.0", &format!("# Talks\n\n{sentence}\n"))
            .file("train.jsonl", rows),
    )
}

fn restricted(sentence: &str) -> Story {
    Story::of(model("license: cc-by-nc-4.0", sentence))
}

fn empty_dataset(sentence: &str) -> Story {
    let books = Shelf::dataset("ada/books").card("language: en", "# Books\n");
    Story::of(model("datasets: [ada/books]", sentence)).within(Commons::new().with(books))
}

fn no_code(sentence: &str) -> Story {
    Story::of(model("language: en", sentence))
}

fn no_weights(sentence: &str) -> Story {
    Story::of(bare("language: en", sentence))
}

fn ten_thousand(sentence: &str) -> Story {
    let tensors = safetensors(&[("layer.0", "F32", &[100, 100])], 1);
    Story::of(bare("language: en", sentence).file("model.safetensors", tensors))
}

fn same_checkpoints(sentence: &str) -> Story {
    let shelf = model("language: en", sentence);
    Story::of(shelf.revision("step1", "model.safetensors", weights(2)).revision(
        "step2",
        "model.safetensors",
        weights(2),
    ))
}

fn machine_made(sentence: &str) -> Story {
    let books =
        Shelf::dataset("ada/books").card("tags: [synthetic]", "# Books\n").file("a.jsonl", "{\"a\": 1}\n");
    Story::of(model("datasets: [ada/books]", sentence)).within(Commons::new().with(books))
}

fn of_users(sentence: &str) -> Story {
    let talks = Shelf::dataset("ada/talks")
        .card("language: en", "# Talks\n\nA million conversations between real users and a chatbot.\n")
        .file("a.jsonl", "{\"a\": 1}\n");
    Story::of(model("datasets: [ada/talks]", sentence)).within(Commons::new().with(talks))
}

/// Every rule that begins with a sentence.
pub(crate) const SENTENCES: &[Sentences] = &[
    Sentences {
        rule: "X1",
        severity: Proves,
        setting: restricted,
        claims: &[
            "This model is open source.",
            "Tiny is a fully open-source language model.",
            "We open-source the model and everything around it.",
            "It's completely open.",
            "Our open source model speaks four languages.",
            "Tiny is one of the best open source models.",
            "This is a truly open model.",
            "**Tiny** is *open source*.",
            "Tiny is released as open source.",
            "Ce modèle est open source.",
        ],
        others: &[
            "This model is not open source.",
            "Tiny will be open source soon.",
            "It outperforms open source models of its size.",
            "Tiny is built with an open source library.",
            "Unlike others, we cannot call this open source.",
            "The open source community helped us.",
            "It is trained with the open source framework Lovelace.",
            "Compared to open source models, Tiny is small.",
            "Results are better than those of open source models.",
            "Tiny is on the Open LLM Leaderboard.",
            "We thank the authors of open source software.",
            "We plan to open source it.",
            "It is evaluated on open source benchmarks.",
            "Existing open source models are larger.",
            "Tiny is open to questions.",
            "Ce modèle ne sera pas open source.",
        ],
        missed: &["Tiny belongs to everybody: take it, change it, sell it.", "オープンソースのモデルです。"],
        false_alarms: &["Lovelace is an open source model by Eve."],
    },
    Sentences {
        rule: "X5",
        severity: Suggests,
        setting: permissive_dataset,
        claims: &[
            "The answers were generated with GPT-4.",
            "All dialogues are synthesised by ChatGPT, and filtered by hand.",
            "Questions were written by Claude 3 Opus.",
            "It was distilled from Llama-2-70b-chat.",
            "Translations were produced using Gemini 1.5 Pro.",
        ],
        others: &[
            "The answers were written by people who had never heard of GPT-4.",
            "Answers generated with GPT-4 are not part of it.",
            "Generated with OLMo 2.",
            "The answers were generated with Llama 3.3 70B.",
            "We measure how well GPT-4 does on it.",
        ],
        missed: &["We asked GPT-4 for every answer."],
        false_alarms: &["The images show cards that were written by Claude, who is nine years old."],
    },
    Sentences {
        rule: "X6",
        severity: Proves,
        setting: empty_dataset,
        claims: &[
            "The training data is open.",
            "The training data is publicly available.",
            "We release the training data.",
            "Tiny was trained on open data.",
            "It is trained on fully open datasets.",
            "All data is available for download.",
            "Our dataset is released together with the model.",
            "Tiny was pretrained on publicly available data.",
        ],
        others: &[
            "The training data is not public.",
            "The training data will be released.",
            "The evaluation data is publicly available.",
            "We evaluate on public datasets.",
            "The data is available upon request.",
            "Unlike Tiny, Lovelace has open data.",
            "We do not release the training data.",
            "The tokenizer was tested on open data.",
            "No training data is released.",
            "Benchmarks are open datasets.",
        ],
        missed: &["Everybody can download what it learned from."],
        false_alarms: &["The data that Lovelace uses is open data."],
    },
    Sentences {
        rule: "X7",
        severity: Suggests,
        setting: no_code,
        claims: &[
            "The training code is available in this repository.",
            "We release the training code.",
            "Training scripts can be found here.",
            "We publish the code used to train the model.",
            "The pre-training pipeline is open.",
            "Le code d'entraînement est disponible.",
        ],
        others: &[
            "The training code will be released.",
            "Code coming soon.",
            "The training code is not available.",
            "We do not share training scripts.",
            "The training pipeline is described in the report.",
            "The inference code is available in this repository.",
            "Training code is available upon request.",
            "Our training recipe is simple.",
            "No training code is published.",
            "Training code: TODO.",
        ],
        missed: &["How we trained it you can repeat with `make train`."],
        false_alarms: &["The training code of Lovelace is available."],
    },
    Sentences {
        rule: "X8",
        severity: Proves,
        setting: no_weights,
        claims: &[
            "The weights are available for download.",
            "We release the weights of the model.",
            "Tiny is an open-weight model.",
            "Model weights are published here.",
            "Les poids sont disponibles.",
        ],
        others: &[
            "The weights will be released soon.",
            "The weights are not available.",
            "The weights were initialized from noise.",
            "Unlike open-weight models, this is a recipe.",
            "We compare with open-weights models.",
            "No weights are released.",
            "Weights are available upon request.",
        ],
        missed: &["Download the model below."],
        false_alarms: &[],
    },
    Sentences {
        rule: "X9",
        severity: Proves,
        setting: ten_thousand,
        claims: &[
            "Tiny has 20,000 parameters.",
            "A 7B parameter model.",
            "- **Parameters:** 7B",
            "| Params | 7.2B |",
            "The model has 1.3 billion parameters.",
            "Number of parameters: 1,300,000",
            "Le modèle a 1,3 milliard de paramètres.",
        ],
        others: &[
            "Tiny has 10,000 parameters.",
            "It outperforms a model with 7B parameters.",
            "The vision encoder has 400M parameters.",
            "The teacher has 70B parameters.",
            "Models with 7B parameters are larger.",
            "Sampling parameters: temperature 1000000.",
            "It was distilled from a 70B parameter model.",
            "| Model | Params | Score |\n|---|---|---|\n| Lovelace | 7B params | 3 |",
            "It has 2B active parameters.",
            "Compared to 13B parameters, this is little.",
            "The largest sister has 10,000 parameters.",
        ],
        missed: &["Tiny has seven billion parameters."],
        false_alarms: &["Lovelace has 7B parameters."],
    },
    Sentences {
        rule: "X10",
        severity: Proves,
        setting: same_checkpoints,
        claims: &[
            "All intermediate checkpoints are available.",
            "We release intermediate checkpoints.",
            "Training checkpoints are published as branches.",
            "Checkpoints from throughout training are available as tags.",
        ],
        others: &[
            "Intermediate checkpoints will be released.",
            "We do not release intermediate checkpoints.",
            "The best of all checkpoints was kept.",
            "Unlike Lovelace, no training checkpoints are available.",
            "Checkpointing every 100 steps is on.",
        ],
        missed: &["Each thousandth step is kept for you."],
        false_alarms: &[],
    },
    Sentences {
        rule: "X13",
        severity: Proves,
        setting: restricted,
        claims: &[
            "Commercial use is allowed.",
            "It can be used commercially.",
            "Free for research and commercial use.",
            "You may use it: commercial use is permitted.",
            "It may be used for commercial purposes.",
            "L'utilisation commerciale est autorisée.",
        ],
        others: &[
            "Commercial use is not allowed.",
            "Free for non-commercial use.",
            "Commercial use requires a separate licence.",
            "For commercial use, contact us.",
            "Commercial use is prohibited.",
            "It can be used for any purpose except commercial use.",
            "A commercial version will be available.",
            "Data from commercial use of others is not used.",
        ],
        missed: &["Earn money with it as you like."],
        false_alarms: &[],
    },
    Sentences {
        rule: "X14",
        severity: Suggests,
        setting: no_code,
        claims: &[
            "Tiny complies with the EU AI Act.",
            "This model is exempt under the AI Act.",
            "AI Act compliant.",
            "In conformity with the European AI Act.",
        ],
        others: &[
            "Users must comply with the AI Act.",
            "The AI Act entered into force in 2024.",
            "It helps companies to comply with the AI Act.",
            "It is not compliant with the AI Act.",
            "We will comply with the AI Act.",
            "Trained to answer questions on AI Act compliance.",
        ],
        missed: &["Regulation (EU) 2024/1689 is fulfilled."],
        false_alarms: &[],
    },
    Sentences {
        rule: "X16",
        severity: Suggests,
        setting: machine_made,
        claims: &[
            "No synthetic data was used.",
            "It was trained without synthetic data.",
            "We did not use any machine-generated text.",
            "The training set is free of synthetic samples.",
            "No distillation was used.",
        ],
        others: &[
            "Synthetic data was used.",
            "It was trained not only on synthetic data.",
            "The next version will use no synthetic data.",
            "It does not generate synthetic images.",
            "Not all synthetic data is good.",
            "A synthetic benchmark was not run.",
        ],
        missed: &["People wrote every word of it."],
        false_alarms: &[],
    },
    Sentences {
        rule: "X16",
        severity: Suggests,
        setting: of_users,
        claims: &[
            "No user data was used.",
            "It was trained without any customer data.",
            "We did not train on user conversations.",
            "The training set is free of private messages.",
        ],
        others: &[
            "User data was used.",
            "It was trained not only on user data.",
            "The next version will use no user data.",
            "The hosted service does not store user prompts.",
            "Users keep their data.",
        ],
        missed: &["Nobody's chats went into it."],
        false_alarms: &[],
    },
    Sentences {
        rule: "X17",
        severity: Proves,
        setting: no_code,
        claims: &[
            "MOF: Class I",
            "Model Openness Framework: Class II",
            "It is Class III - Open Model.",
            "![MOF Class 1](badge.svg)",
        ],
        others: &[
            "We aim for MOF Class I.",
            "It is not MOF Class I.",
            "A class I of problems.",
            "MOF has three classes.",
            "It will be MOF Class II soon.",
        ],
        missed: &["It reached the highest class of the framework of the LF."],
        false_alarms: &["OLMo is MOF Class I."],
    },
];

#[cfg(test)]
mod told {
    use super::SENTENCES;

    #[test]
    fn sentences_that_claim_are_told_from_those_that_do_not() {
        let mut wrong = Vec::new();
        for sentences in SENTENCES {
            for (sentence, story) in sentences.stories() {
                let (told, expected) = (story.told().contradictions, story.expected());
                if told != expected {
                    wrong.push(format!("{}: {sentence:?} gives {told:?}, not {expected:?}", sentences.rule));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
