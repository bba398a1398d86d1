//! Reads the configurations that lie beside weights: `config.json`, `adapter_config.json`, `trainer_state.json`.
//!
//! They are written by programs of many versions, so the readers are tolerant: what is not known is passed over, and what
//! has another type than expected is not there. Python's `NaN` and `Infinity`, which are no JSON, are read as null.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use crate::Problem;

/// The longest configuration that is read. A `trainer_state.json` with a line for every step has some megabytes.
pub const LONGEST: usize = 32 << 20;

/// The most items of a list or map that are kept, and the bytes of a text.
const MOST: usize = 256;
const LONGEST_TEXT: usize = 4096;

/// What is known of `config.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The classes of the model, such as `LlamaForCausalLM`.
    pub architectures: Vec<String>,
    /// The family, such as `llama`.
    pub model_type: Option<String>,
    /// Where the code of each class lies: `file.Class`, or `owner/name--file.Class` in another repository.
    pub auto_map: BTreeMap<String, Vec<String>>,
    /// The type of the weights, such as `bfloat16`.
    pub dtype: Option<String>,
    /// How the weights were made smaller.
    pub quantization: Option<Quantization>,
    /// `hidden_size`.
    pub hidden_size: Option<u64>,
    /// `num_hidden_layers`.
    pub num_hidden_layers: Option<u64>,
    /// `vocab_size`.
    pub vocab_size: Option<u64>,
    /// `max_position_embeddings`: the longest input, in tokens.
    pub max_position_embeddings: Option<u64>,
    /// `num_local_experts`.
    pub num_local_experts: Option<u64>,
    /// `_name_or_path`: what the model was loaded from when it was saved.
    pub name_or_path: Option<String>,
    /// `transformers_version`.
    pub transformers_version: Option<String>,
    /// `text_config`: the part of a model of several kinds of input that reads text.
    pub text_config: Option<Box<Config>>,
}

/// What is known of `quantization_config`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quantization {
    /// `quant_method`, such as `gptq`.
    pub method: Option<String>,
    /// The bits of a weight.
    pub bits: Option<u64>,
}

/// What is known of `adapter_config.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdapterConfig {
    /// `base_model_name_or_path`: the model without which the adapter is nothing.
    pub base_model: Option<String>,
    /// `peft_type`, such as `LORA`.
    pub peft_type: Option<String>,
    /// `task_type`, such as `CAUSAL_LM`.
    pub task_type: Option<String>,
}

/// What is known of `trainer_state.json`. Numbers with a fraction are kept as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrainerState {
    /// `global_step`: the steps that were made.
    pub global_step: Option<u64>,
    /// `max_steps`: the steps that were planned.
    pub max_steps: Option<u64>,
    /// `epoch`.
    pub epoch: Option<String>,
    /// `total_flos`: the operations of the training, as the trainer counts them.
    pub total_flos: Option<String>,
    /// `train_batch_size`.
    pub train_batch_size: Option<u64>,
    /// The number of entries of `log_history`.
    pub log_entries: u64,
}

impl Config {
    /// The configuration in these bytes.
    ///
    /// # Errors
    /// When they are too long or not a JSON object.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let json = json(bytes)?;
        let fields = Fields::read(&json)?;
        let mut config = Self::from_fields(&fields);
        if let Some(text) = fields.object("text_config") {
            config.text_config = Some(Box::new(Self::from_fields(&text)));
        }
        Ok(config)
    }

    fn from_fields(fields: &Fields) -> Self {
        let dtype = fields.text("dtype").or_else(|| fields.text("torch_dtype"));
        Self {
            architectures: fields.texts("architectures"),
            model_type: fields.text("model_type"),
            auto_map: auto_map(fields),
            dtype: dtype.map(|dtype| dtype.trim_start_matches("torch.").to_owned()),
            quantization: fields
                .object("quantization_config")
                .map(|fields| Quantization::from_fields(&fields)),
            hidden_size: fields.number("hidden_size"),
            num_hidden_layers: fields.number("num_hidden_layers"),
            vocab_size: fields.number("vocab_size"),
            max_position_embeddings: fields.number("max_position_embeddings"),
            num_local_experts: fields.number("num_local_experts"),
            name_or_path: fields.text("_name_or_path").filter(|name| !name.is_empty()),
            transformers_version: fields.text("transformers_version"),
            text_config: None,
        }
    }
}

impl Quantization {
    fn from_fields(fields: &Fields) -> Self {
        let loaded_in = |key: &str| fields.value::<bool>(key) == Some(true);
        let bits = fields.number("bits").or_else(|| fields.number("w_bit"));
        Self {
            method: fields.text("quant_method"),
            bits: bits
                .or_else(|| loaded_in("load_in_4bit").then_some(4))
                .or_else(|| loaded_in("load_in_8bit").then_some(8)),
        }
    }
}

/// A class has one place, or for tokenizers two, of which either may be null.
fn auto_map(fields: &Fields) -> BTreeMap<String, Vec<String>> {
    let Some(map) = fields.object("auto_map") else { return BTreeMap::new() };
    let places = map.0.keys().map(|class| (class.clone(), map.texts(class)));
    places.filter(|(class, places)| class.len() <= LONGEST_TEXT && !places.is_empty()).take(MOST).collect()
}

impl AdapterConfig {
    /// The configuration in these bytes.
    ///
    /// # Errors
    /// When they are too long or not a JSON object.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let json = json(bytes)?;
        let fields = Fields::read(&json)?;
        Ok(Self {
            base_model: fields.text("base_model_name_or_path").filter(|name| !name.is_empty()),
            peft_type: fields.text("peft_type"),
            task_type: fields.text("task_type"),
        })
    }
}

impl TrainerState {
    /// The state in these bytes.
    ///
    /// # Errors
    /// When they are too long or not a JSON object.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let json = json(bytes)?;
        let fields = Fields::read(&json)?;
        Ok(Self {
            global_step: fields.number("global_step"),
            max_steps: fields.number("max_steps"),
            epoch: fields.decimal("epoch"),
            total_flos: fields.decimal("total_flos"),
            train_batch_size: fields.number("train_batch_size"),
            // Entries without a size: a list of them takes no memory.
            log_entries: fields.value::<Vec<IgnoredAny>>("log_history").map_or(0, |list| list.len() as u64),
        })
    }
}

/// The fields of an object, each read when it is asked for. Of a key that is there twice, Python takes the last.
struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    fn read(json: &'a str) -> Result<Self, Problem> {
        let malformed =
            |error: serde_json::Error| Problem::Malformed(format!("not a configuration: {error}"));
        serde_json::from_str(json).map(Self).map_err(malformed)
    }

    fn value<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_str(self.0.get(key)?.get()).ok()
    }

    fn object(&self, key: &str) -> Option<Fields<'a>> {
        Fields::read(self.0.get(key)?.get()).ok()
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.value(key)
    }

    /// A number, as it is written.
    fn decimal(&self, key: &str) -> Option<String> {
        let text = self.0.get(key)?.get();
        let is_number =
            text.len() <= 64 && text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        is_number.then(|| text.to_owned())
    }

    fn text(&self, key: &str) -> Option<String> {
        self.value(key).filter(|text: &String| text.len() <= LONGEST_TEXT)
    }

    /// The texts of a field that holds one or a list of them.
    fn texts(&self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some(OneOrMore::One(text)) if text.len() <= LONGEST_TEXT => vec![text],
            Some(OneOrMore::More(texts)) => {
                texts.into_iter().flatten().filter(|text| text.len() <= LONGEST_TEXT).take(MOST).collect()
            }
            _ => Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<Option<String>>),
}

/// The JSON in these bytes, with null in place of Python's numbers that are none.
fn json(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    if bytes.len() > LONGEST {
        return Err(Problem::TooLarge(format!("a configuration of more than {LONGEST} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| Problem::Malformed(error.to_string()))?;
    let (mut json, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(found) = text[at..].find(['"', 'N', 'I']) {
        let begin = at + found;
        let rest = &text[begin..];
        let literal = ["NaN", "Infinity"].into_iter().find(|literal| rest.starts_with(literal));
        at = match literal {
            Some(literal) => {
                json.push_str(text[kept..begin].strip_suffix('-').unwrap_or(&text[kept..begin]));
                json.push_str("null");
                kept = begin + literal.len();
                kept
            }
            None if rest.starts_with('"') => begin + string_length(rest),
            None => begin + 1,
        };
    }
    if kept == 0 {
        return Ok(Cow::Borrowed(text));
    }
    json.push_str(&text[kept..]);
    Ok(Cow::Owned(json))
}

/// The bytes of the JSON text at the beginning, its quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_tells_of_the_model() {
        let config = Config::read(
            br#"{"architectures":["TinyForCausalLM"],"model_type":"tiny","torch_dtype":"torch.bfloat16",
            "auto_map":{"AutoModel":"ada/code--modeling.Tiny","AutoTokenizer":["tok.Slow",null]},
            "quantization_config":{"quant_method":"bitsandbytes","load_in_4bit":true},
            "hidden_size":64,"num_hidden_layers":2,"vocab_size":100,"_name_or_path":"ada/base","rope_theta":1e4,
            "text_config":{"hidden_size":32,"text_config":{"hidden_size":1}}}"#,
        )
        .unwrap();
        assert_eq!(config.architectures, ["TinyForCausalLM"]);
        assert_eq!(config.dtype.as_deref(), Some("bfloat16"));
        assert_eq!(config.auto_map["AutoModel"], ["ada/code--modeling.Tiny"]);
        assert_eq!(config.auto_map["AutoTokenizer"], ["tok.Slow"]);
        let quantization = config.quantization.unwrap();
        assert_eq!((quantization.method.as_deref(), quantization.bits), (Some("bitsandbytes"), Some(4)));
        assert_eq!((config.hidden_size, config.vocab_size), (Some(64), Some(100)));
        assert_eq!(config.name_or_path.as_deref(), Some("ada/base"));
        let text = config.text_config.unwrap();
        assert_eq!((text.hidden_size, text.text_config), (Some(32), None));
    }

    #[test]
    fn what_has_another_type_is_not_there() {
        let config = Config::read(
            br#"{"architectures":"One","model_type":7,"auto_map":[],"hidden_size":-1,"vocab_size":"9",
            "quantization_config":null,"text_config":[],"_name_or_path":"","dtype":{"a":1}}"#,
        );
        assert_eq!(config, Ok(Config { architectures: vec!["One".to_owned()], ..Config::default() }));
        let long = format!(r#"{{"model_type":"{}"}}"#, "x".repeat(LONGEST_TEXT + 1));
        assert_eq!(Config::read(long.as_bytes()), Ok(Config::default()));
    }

    #[test]
    fn an_adapter_names_its_base() {
        let text = br#"{"base_model_name_or_path":"ada/base","peft_type":"LORA","task_type":null,"r":8}"#;
        let adapter = AdapterConfig::read(text).unwrap();
        assert_eq!(
            (adapter.base_model.as_deref(), adapter.peft_type.as_deref()),
            (Some("ada/base"), Some("LORA"))
        );
        assert_eq!(adapter.task_type, None);
    }

    #[test]
    fn a_training_is_told_as_it_was_written() {
        let state = TrainerState::read(
            br#"{"epoch":2.50,"global_step":10,"max_steps":20,"total_flos":1.5e+18,"train_batch_size":4,
            "log_history":[{"loss":NaN},{"loss":-Infinity,"note":"NaN \" Infinity"},7]}"#,
        )
        .unwrap();
        assert_eq!((state.epoch.as_deref(), state.total_flos.as_deref()), (Some("2.50"), Some("1.5e+18")));
        assert_eq!(
            (state.global_step, state.max_steps, state.train_batch_size),
            (Some(10), Some(20), Some(4))
        );
        assert_eq!(state.log_entries, 3);
    }

    #[test]
    fn only_numbers_that_are_none_become_null() {
        let same = r#"{"NaN":"Infinity","a\\":"\"NaN","N":1}"#;
        assert_eq!(json(same.as_bytes()), Ok(Cow::Borrowed(same)));
        assert_eq!(json(br#"[NaN,-Infinity,"NaN",Infinity]"#).unwrap(), r#"[null,null,"NaN",null]"#);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "[]", "7", "{", "\"", "{\"a\":}"] {
            assert!(matches!(Config::read(text.as_bytes()), Err(Problem::Malformed(_))), "{text}");
        }
        assert!(matches!(Config::read(b"{\"a\":\"\xff\"}"), Err(Problem::Malformed(_))));
        assert!(matches!(Config::read(&vec![b' '; LONGEST + 1]), Err(Problem::TooLarge(_))));
    }

    #[test]
    fn deep_values_are_passed_over() {
        for key in ["architectures", "text_config", "log_history", "other"] {
            let deep = format!("{{\"{key}\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
            assert_eq!(Config::read(deep.as_bytes()), Ok(Config::default()), "{key}");
            assert!(TrainerState::read(deep.as_bytes()).unwrap().log_entries <= 1);
        }
    }
}
