use super::SignalKind::{
    Architecture, Configuration, DataLoader, DataProcessing, Evaluation, HyperParameters, Inference, Loss,
    Training,
};
use super::*;

fn kinds(text: &str) -> Vec<SignalKind> {
    let survey = Survey::read(text).unwrap();
    assert_ne!(survey.language, Language::Other, "{text}");
    let mut kinds: Vec<_> = survey.signals.iter().map(|signal| signal.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// What Python shows after a first line by which it is known.
fn python(text: &str) -> Vec<SignalKind> {
    kinds(&format!("import torch\n{text}\n"))
}

#[test]
fn loops_and_trainers_are_training() {
    for text in [
        "for x in data:\n    loss = model(x)\n    loss.backward()\n    optimizer.step()",
        "self.opt.step()\naccelerator.backward(total)",
        "engine, _ = deepspeed.initialize(model=m)\nengine.backward(x)\nengine.step()",
        "trainer = SFTTrainer(\n    model,\n)\ntrainer.train()",
        "trainer = pl.Trainer(devices=1)\ntrainer.fit(model)",
        "model.compile('adam')\nmodel.fit(x, y)",
        "g = jax.grad(f)(p)\np = optax.apply_updates(p, g)",
        "from megatron.training import pretrain\npretrain(a, b)",
    ] {
        assert!(python(text).contains(&Training), "{text}");
    }
}

#[test]
fn words_about_training_are_none() {
    for text in [
        "# loss.backward(); optimizer.step()\nx = 1",
        "'''Run Trainer(model).train() and then\nloss.backward()\noptimizer.step()\n'''\nx = 1",
        "def demo():\n    \"\"\"trainer = Trainer(m)\n    trainer.train()\"\"\"\n    return 1",
        "print('loss.backward() and optimizer.step()')",
        "from transformers import (Trainer, TrainingArguments)\nx = 1",
        "class Trainer(Base):\n    def train(self): pass",
        "model.train()\nmodel.eval()",
        "loss.backward()\nprint(x.grad)",
        "scheduler.step()\nimage = pipe(prompt)",
    ] {
        assert!(!python(text).contains(&Training), "{text}");
    }
}

#[test]
fn a_demo_is_inference_and_nothing_else() {
    let demo = "import gradio as gr\nfrom transformers import pipeline\n\npipe = pipeline('text-generation', 'ada/tiny')\n\n\
        def answer(text):\n    # Trained with Trainer(...).train().\n    return pipe(text)[0]\n\n\
        gr.Interface(answer, 'text', 'text').launch()\n";
    assert_eq!(kinds(demo), [Inference]);
    for text in [
        "ids = model.generate(**inputs)",
        "model = AutoModel.from_pretrained('a')\nout = model(**inputs)",
        "from llama_cpp import Llama\nllm = Llama('a.gguf')",
        "from vllm import LLM\nllm = LLM('a')",
        "pipe = DiffusionPipeline.from_pretrained('a')",
    ] {
        assert_eq!(python(text), [Inference], "{text}");
    }
    for text in ["model = AutoModel.from_pretrained('a')", "llm = LLM('a')", "def generate(x): return x"] {
        assert_eq!(python(text), [], "{text}");
    }
}

#[test]
fn the_parts_of_a_training_are_told() {
    assert_eq!(python("a = nn.CrossEntropyLoss()"), [Loss]);
    assert_eq!(python("a = F.cross_entropy(x, y)"), [Loss]);
    assert_eq!(python("a = DataLoader(d)"), [DataLoader]);
    assert_eq!(python("a = TrainingArguments('out')"), [HyperParameters]);
    assert_eq!(python("o = AdamW(p, lr=1e-4)"), [HyperParameters]);
    assert_eq!(python("p.add_argument('--learning-rate', type=float)"), [HyperParameters]);
    assert_eq!(python("d = load(path, batch_size=8)"), []);
}

#[test]
fn processing_of_data_is_told() {
    for text in [
        "d = load_dataset('a')\nd = d.filter(keep)",
        "LocalPipelineExecutor(pipeline=[reader, GopherQualityFilter()]).run()",
        "lsh = MinHashLSH(threshold=0.8)",
        "rows = deduplicate(rows)",
        "text = trafilatura.extract(page)",
        "for record in ArchiveIterator(stream):\n    keep(record)",
        "lid = fasttext.load_model('lid.bin')",
    ] {
        assert_eq!(python(text), [DataProcessing], "{text}");
    }
    assert_eq!(python("d = load_dataset('a')"), []);
    assert_eq!(python("d = [f for f in dataset.filter(x)]"), []);
}

#[test]
fn evaluations_are_told() {
    for text in [
        "r = lm_eval.simple_evaluate(model=m, tasks=['mmlu'])",
        "m = evaluate.load('rouge')",
        "def compute_metrics(p):\n    return p",
        "a = accuracy_score(y, z)",
        "b = sacrebleu.corpus_bleu(h, [r])",
        "d = load_dataset('cais/mmlu', 'all')",
    ] {
        assert_eq!(python(text), [Evaluation], "{text}");
    }
    assert_eq!(python("d = load_dataset('ada/books')\nprint('accuracy: 0.9 on mmlu')"), []);
}

#[test]
fn an_architecture_has_layers_and_a_way_through_them() {
    for text in [
        "class Tiny(nn.Module):\n    def __init__(self):\n        super().__init__()\n\n    def forward(self, x):\n        return x",
        "class Tiny(LlamaPreTrainedModel, Mixin):\n    def forward(\n        self,\n    ):\n        pass",
        "class Tiny(nn.Module):\n    @nn.compact\n    def __call__(self, x):\n        return x",
        "class Tiny(tf.keras.layers.Layer):\n    def call(self, x):\n        return x",
    ] {
        assert_eq!(python(text), [Architecture], "{text}");
    }
    for text in [
        "class Tiny(nn.Module):\n    pass\n\nclass Other:\n    def forward(self): pass",
        "class Tiny(Base):\n    def forward(self): pass",
        "Module = nn.Module\ndef forward(x): return x",
    ] {
        assert_eq!(python(text), [], "{text}");
    }
    assert_eq!(python("class TinyConfig(PretrainedConfig):\n    model_type = 'tiny'"), [Configuration]);
    assert_eq!(python("@dataclass\nclass TinyConfig:\n    size: int = 8"), [Configuration]);
}

#[test]
fn scripts_are_surveyed_command_by_command() {
    let script = "#!/bin/bash\n# accelerate launch eval.py\nexport A=1\n\naccelerate launch \\\n  --num_processes 8 \\\n  sft.py --learning_rate 1e-4\n";
    let survey = Survey::read(script).unwrap();
    assert_eq!((survey.language, survey.statements), (Language::Shell, 2));
    assert_eq!(kinds(script), [Training, HyperParameters]);
    assert_eq!(&script[survey.signals[0].span.clone()], "accelerate launch");
    for text in
        ["cd a && torchrun --nproc 8 main.py", "python -u src/pretrain_tiny.py --lr=3", "deepspeed a.py"]
    {
        assert!(kinds(text).contains(&Training), "{text}");
    }
    assert_eq!(kinds("pip install a\nlm_eval --model hf --tasks mmlu | tee log\n"), [Evaluation]);
    assert_eq!(kinds("export A=1\ndolma dedupe --bloom\n"), [DataProcessing]);
    for text in [
        "#!/bin/sh\necho torchrun train.py",
        "#!/bin/sh\necho \"accelerate launch a.py\"; printf 'torchrun'",
        "#!/usr/bin/env bash\ntorchrun eval_model.py",
        "#!/bin/sh\ncat <<EOF\ntorchrun train.py\nEOF\npython demo.py",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn settings_in_yaml_are_told_by_several_keys() {
    let settings =
        "# Settings\ntraining:\n  learning_rate: 1e-4\n  per_device_train_batch_size: 8\nmodel: ada/base\n";
    assert_eq!(kinds(settings), [HyperParameters]);
    let span = Survey::read(settings).unwrap().signals[0].span.clone();
    assert_eq!(&settings[span], "learning_rate: 1e-4");
    assert_eq!(kinds("task: exam\ndataset_path: ada/exam\nmetric_list:\n- metric: acc\n"), [Evaluation]);
    assert_eq!(kinds("name: ci\non:\n  push:\nlr: 1\n"), []);
    assert_eq!(kinds("description: |\n  learning_rate: 1\n  epochs: 2\nname: x\n"), []);
}

#[test]
fn a_notebook_is_its_cells_of_code() {
    let notebook = r##"{"cells": [
        {"cell_type": "markdown", "source": ["Call `trainer.train()` and loss.backward()"]},
        {"cell_type": "code", "source": ["!pip install x\n", "from transformers import Trainer\n", "trainer = Trainer(m)"]},
        {"cell_type": "code", "source": "%time trainer.evaluate()\ntrainer.train()"}
    ], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"##;
    let survey = Survey::read(notebook).unwrap();
    assert_eq!((survey.language, survey.statements), (Language::Notebook, 4));
    let [signal] = &*survey.signals else { panic!("{survey:?}") };
    assert_eq!(signal.kind, Training);
    assert!(notebook[signal.span.clone()].starts_with(r#"{"cell_type": "code", "source": ["!pip"#));
}

#[test]
fn other_text_shows_nothing() {
    for text in [
        "",
        "# Tiny\n\nWe train it with `Trainer(model)`:\n\n```python\nimport torch\nloss.backward()\noptimizer.step()\n```\n",
        "Training code coming soon. Run trainer.train() and wait.\n",
        "{\"learning_rate\": 1, \"lr\": 2}",
        "from the start, we trained it\nand then some more of it",
        "int main() { return 0; }\nint other(int a) { return a; }\n",
    ] {
        let survey = Survey::read(text).unwrap();
        assert_eq!(
            (survey.language, &*survey.signals, survey.statements),
            (Language::Other, &[][..], 0),
            "{text}"
        );
    }
    assert!(matches!(Survey::read(&" ".repeat(LONGEST + 1)), Err(Problem::TooLarge(_))));
}

#[test]
fn statements_are_lines_that_do_something() {
    let count = |text: &str| Survey::read(text).unwrap().statements;
    assert_eq!(count("'''About.'''\nimport a\n\nx = f(\n    1,  # one\n    2,\n)\ny = x \\\n    + 1\n"), 3);
    assert_eq!(count("import a\ns = '''\nx = 1\n'''\n"), 2);
    assert_eq!(count("import a\nb'not closed\nx = 1\n"), 2);
}

#[test]
fn no_more_than_so_many_of_a_kind_are_kept() {
    let many = format!("import a\n{}", "x.generate(y)\n".repeat(MOST_OF_A_KIND + 9));
    assert_eq!(Survey::read(&many).unwrap().signals.len(), MOST_OF_A_KIND);
}
