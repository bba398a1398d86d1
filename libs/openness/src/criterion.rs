//! The criteria: what can be asked of an open model or dataset, each the meeting point of several frameworks.

use std::fmt;
use std::str::FromStr;

use limpide_words::Kind;
use serde::{Deserialize, Serialize};

macro_rules! criteria {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $title:literal;)+) => {
        /// One thing that openness asks for. The codes are stable; reports, rubrics and attestations use them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Criterion {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $name,)+
        }

        impl Criterion {
            /// Every criterion, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its code, such as `W1`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Its name in English.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

criteria! {
    /// The final weights can be had: every shard, with headers that parse and tensors that add up.
    FinalWeights = "W1", "Final weights";
    /// So can those of the model it is made from.
    BaseWeights = "W2", "Weights of the base model";
    /// Checkpoints from during training, or the optimizer's state.
    Checkpoints = "W3", "Intermediate checkpoints";
    /// The code of the architecture.
    Architecture = "W4", "Architecture code";
    /// The code that trained this stage.
    TrainingCode = "C1", "Training code";
    /// The code that made, filtered and tokenised the data.
    DataCode = "C2", "Data processing code";
    /// The code that runs the model.
    InferenceCode = "C3", "Inference code";
    /// The code that evaluated it.
    EvaluationCode = "C4", "Evaluation code";
    /// Libraries, tools, and documentation of the code.
    Tooling = "C5", "Libraries and tools";
    /// The training data itself.
    TrainingData = "D1", "Training data";
    /// Information on all sources of training data.
    DataInformation = "D2", "Data information";
    /// A data card or datasheet.
    DataCard = "D3", "Data card";
    /// The data it was evaluated with.
    EvaluationData = "D4", "Evaluation data";
    /// Results, each with dataset, metric and value.
    EvaluationResults = "E1", "Evaluation results";
    /// A model card that is filled in.
    ModelCard = "T1", "Model card";
    /// A technical report or preprint.
    Report = "T2", "Technical report";
    /// A peer-reviewed paper.
    Paper = "T3", "Peer-reviewed paper";
    /// Hardware, compute and energy of training.
    Compute = "T4", "Hardware, compute and energy";
    /// An open licence of the weights.
    WeightsLicence = "L1", "Licence of the weights";
    /// An open licence of the code.
    CodeLicence = "L2", "Licence of the code";
    /// An open licence of the data.
    DataLicence = "L3", "Licence of the data";
    /// An open licence of the documentation.
    DocumentLicence = "L4", "Licence of the documentation";
    /// No restriction of use, field or scale.
    Unrestricted = "L5", "No restriction of use, field or scale";
    /// Whoever wants it gets it, without asking or paying.
    Access = "A1", "Ungated access";
    /// A policy on copyright and on opting out of text and data mining.
    CopyrightPolicy = "G1", "Copyright policy";
    /// Intended use, limits, acceptable use.
    UsePolicy = "G2", "Intended use and limits";
    /// Bytes that can be told from others: hashes and signatures.
    Integrity = "P1", "Integrity and provenance";
}

/// What a dataset is asked for; everything else asks about models.
const OF_DATASETS: [Criterion; 11] = [
    Criterion::DataCode,
    Criterion::TrainingData,
    Criterion::DataInformation,
    Criterion::DataCard,
    Criterion::Report,
    Criterion::Paper,
    Criterion::DataLicence,
    Criterion::DocumentLicence,
    Criterion::Unrestricted,
    Criterion::Access,
    Criterion::Integrity,
];

impl Criterion {
    /// Whether it asks anything of a repository of this kind.
    pub fn concerns(self, kind: Kind) -> bool {
        match kind {
            Kind::Model => true,
            Kind::Dataset => OF_DATASETS.contains(&self),
            Kind::Space => {
                matches!(self, Self::CodeLicence | Self::Unrestricted | Self::Access | Self::Integrity)
            }
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl FromStr for Criterion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().copied().find(|criterion| criterion.code().eq_ignore_ascii_case(text));
        known.ok_or_else(|| format!("`{text}` is no criterion; they run from W1 to P1"))
    }
}
