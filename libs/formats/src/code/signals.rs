//! The table of signals. To look for something more, add a line; how patterns are written is told in `patterns.rs`.

use super::SignalKind::{
    self, Architecture, Configuration, DataLoader, DataProcessing, Evaluation, HyperParameters, Inference,
    Loss, Training,
};
use super::patterns::Pattern;
use super::patterns::When::{self, Always, Around, Unless, With};

const fn pattern(kind: SignalKind, words: &'static str, when: When) -> Pattern {
    Pattern { kind, words, when }
}

const STEP: When =
    With(&["*opt* . step (", "scheduler . step (", "engine . step (", "scaler . step (", "model . step ("]);
const BACKWARD: When = With(&[". backward (", "model . step (", "engine . step ("]);
const TRAIN: When = With(&[". train ("]);
const GRADIENT: When = With(&["apply_updates (", "apply_gradients (", "optax ."]);
const CLASS: When = Around(&["def forward (", "def __call__ (", "def call ("]);

/// What is looked for in Python.
pub(super) static PYTHON: [Pattern; 87] = [
    // Loops of torch, of JAX, of Keras and scikit-learn, and the trainers that hold one.
    pattern(Training, ". backward (", STEP),
    pattern(Training, "*opt* . step (", BACKWARD),
    pattern(Training, "deepspeed . initialize (", BACKWARD),
    pattern(Training, "jax . grad (", GRADIENT),
    pattern(Training, "value_and_grad (", GRADIENT),
    pattern(Training, "GradientTape (", GRADIENT),
    pattern(Training, "*Trainer (", TRAIN),
    pattern(Training, "*rainer . fit (", Always),
    pattern(Training, "model . fit (", Always),
    pattern(Training, "*model . fit (", With(&[". compile ("])),
    pattern(Training, "pretrain (", With(&["from megatron", "import megatron"])),
    pattern(Loss, "*Loss (", Always),
    pattern(Loss, "*_loss (", Always),
    pattern(Loss, "*cross_entropy* (", Always),
    pattern(Loss, "loss =", Always),
    pattern(DataLoader, "*DataLoader (", Always),
    pattern(DataLoader, "*data_loader (", Always),
    pattern(DataLoader, "*dataloader (", Always),
    pattern(DataLoader, "DataCollator* (", Always),
    pattern(DataLoader, "DistributedSampler (", Always),
    pattern(DataLoader, "StreamingDataset (", Always),
    pattern(DataLoader, ". shuffle ( .. . batch (", Always),
    pattern(HyperParameters, "TrainingArguments (", Always),
    pattern(HyperParameters, "*TrainingArguments (", Always),
    pattern(HyperParameters, "learning_rate =", Always),
    pattern(HyperParameters, "lr =", Always),
    pattern(HyperParameters, "batch_size =", With(&["learning_rate =", "lr =", "max_steps =", "epochs ="])),
    pattern(HyperParameters, "per_device_train_batch_size =", Always),
    pattern(HyperParameters, "gradient_accumulation_steps =", Always),
    pattern(HyperParameters, "warmup_steps =", Always),
    pattern(HyperParameters, "weight_decay =", Always),
    pattern(HyperParameters, "num_train_epochs =", Always),
    pattern(HyperParameters, "add_argument ( \"learning", Always),
    pattern(HyperParameters, "add_argument ( \"--lr", Always),
    // Crawling, cleaning, removing duplicates, cutting into tokens.
    pattern(DataProcessing, "LocalPipelineExecutor (", Always),
    pattern(DataProcessing, "SlurmPipelineExecutor (", Always),
    pattern(DataProcessing, "Minhash* (", Always),
    pattern(DataProcessing, "MinHash* (", Always),
    pattern(DataProcessing, "*minhash* (", Always),
    pattern(DataProcessing, "*dedup* (", Always),
    pattern(DataProcessing, "drop_duplicates (", Always),
    pattern(DataProcessing, "fasttext . load_model (", Always),
    pattern(DataProcessing, "TaggerRegistry .", Always),
    pattern(DataProcessing, "*QualityFilter (", Always),
    pattern(DataProcessing, "LanguageFilter (", Always),
    pattern(DataProcessing, "trafilatura . extract (", Always),
    pattern(DataProcessing, "ArchiveIterator (", Always),
    pattern(DataProcessing, "WarcReader (", Always),
    pattern(DataProcessing, "load_dataset (", With(&[". map (", ". filter ("])),
    pattern(DataProcessing, "train_from_iterator (", Always),
    pattern(DataProcessing, "SentencePieceTrainer . *rain (", Always),
    pattern(DataProcessing, "*DocumentTokenizer (", Always),
    // Use of a model.
    pattern(Inference, ". generate (", Always),
    pattern(Inference, "pipeline (", Always),
    pattern(Inference, "*Pipeline . from_pretrained (", Always),
    pattern(Inference, "from_pretrained (", With(&["model (", ". forward (", ". encode (", ". predict ("])),
    pattern(Inference, "Llama (", With(&["from llama_cpp", "import llama_cpp"])),
    pattern(Inference, "LLM (", With(&["from vllm", "import vllm", "SamplingParams ("])),
    pattern(Inference, "SentenceTransformer (", With(&[". encode ("])),
    pattern(Inference, "InferenceSession (", Always),
    pattern(Inference, "InferenceClient (", Always),
    pattern(Inference, ". transcribe (", Always),
    // Measurement of a model.
    pattern(Evaluation, "simple_evaluate (", Always),
    pattern(Evaluation, "evaluate . load (", Always),
    pattern(Evaluation, "load_metric (", Always),
    pattern(Evaluation, "def compute_metrics (", Always),
    pattern(Evaluation, "compute_metrics =", Always),
    pattern(Evaluation, "accuracy_score (", Always),
    pattern(Evaluation, "*accuracy (", Always),
    pattern(Evaluation, "f1_score (", Always),
    pattern(Evaluation, "corpus_bleu (", Always),
    pattern(Evaluation, "sentence_bleu (", Always),
    pattern(Evaluation, "RougeScorer (", Always),
    pattern(Evaluation, "pass_at_k (", Always),
    pattern(Evaluation, "*perplexity (", Always),
    pattern(Evaluation, "load_dataset ( \"mmlu", Always),
    pattern(Evaluation, "load_dataset ( \"hellaswag", Always),
    pattern(Evaluation, "load_dataset ( \"truthful", Always),
    pattern(Evaluation, "load_dataset ( \"humaneval", Always),
    pattern(Evaluation, "load_dataset ( \"gpqa", Always),
    // Definitions of layers and of their settings.
    pattern(Architecture, "class * ( .. *Module", CLASS),
    pattern(Architecture, "class * ( .. *PreTrainedModel", CLASS),
    pattern(Architecture, "class * ( .. *Layer", CLASS),
    pattern(Architecture, "class * ( .. keras . Model", CLASS),
    pattern(Configuration, "class * ( .. *PretrainedConfig", Always),
    pattern(Configuration, "class * ( .. *PreTrainedConfig", Always),
    pattern(Configuration, "class *Config", With(&["@ dataclass", "@ dataclasses . dataclass"])),
];

const NO_TRAINING: When =
    Unless(&["*eval*", "*infer*", "*generate*", "*demo*", "*serve*", "*test*", "*bench*"]);

/// What is looked for in scripts for a shell.
pub(super) static SHELL: [Pattern; 28] = [
    pattern(Training, "accelerate launch", NO_TRAINING),
    pattern(Training, "deepspeed .. *.py", NO_TRAINING),
    pattern(Training, "torchrun", NO_TRAINING),
    pattern(Training, "-m torch.distributed*", NO_TRAINING),
    pattern(Training, "python* .. *train*.py", NO_TRAINING),
    pattern(Training, "python* .. *finetune*.py", NO_TRAINING),
    pattern(Training, "axolotl train", Always),
    pattern(Training, "llamafactory-cli train", Always),
    pattern(Training, "litgpt pretrain", Always),
    pattern(Training, "litgpt finetune*", Always),
    pattern(Training, "tune run", Always),
    pattern(HyperParameters, "--learning_rate*", Always),
    pattern(HyperParameters, "--learning-rate*", Always),
    pattern(HyperParameters, "--lr*", Always),
    pattern(HyperParameters, "--per_device_train_batch_size*", Always),
    pattern(HyperParameters, "--max_steps*", Always),
    pattern(HyperParameters, "--num_train_epochs*", Always),
    pattern(HyperParameters, "--weight_decay*", Always),
    pattern(DataProcessing, "dolma tag", Always),
    pattern(DataProcessing, "dolma dedupe", Always),
    pattern(DataProcessing, "dolma mix", Always),
    pattern(DataProcessing, "python* .. *preprocess_data.py", Always),
    pattern(DataProcessing, "python* .. *dedup*.py", Always),
    pattern(Inference, "vllm serve", Always),
    pattern(Inference, "llama-cli", Always),
    pattern(Evaluation, "lm_eval", Always),
    pattern(Evaluation, "lm-eval", Always),
    pattern(Evaluation, "lighteval", Always),
];

/// Settings of trainings, as keys of YAML.
pub(super) static HYPER_PARAMETERS: [&str; 20] = [
    "adam_beta1",
    "batch_size",
    "epochs",
    "global_train_batch_size",
    "gradient_accumulation_steps",
    "learning_rate",
    "lr",
    "lr_scheduler",
    "lr_scheduler_type",
    "max_duration",
    "max_lr",
    "max_steps",
    "micro_batch_size",
    "num_epochs",
    "num_train_epochs",
    "per_device_train_batch_size",
    "train_steps",
    "warmup_ratio",
    "warmup_steps",
    "weight_decay",
];

/// Keys of a task of lm-evaluation-harness.
pub(super) static EVALUATION_KEYS: [&str; 8] = [
    "task",
    "dataset_path",
    "metric_list",
    "doc_to_text",
    "doc_to_target",
    "num_fewshot",
    "output_type",
    "test_split",
];
