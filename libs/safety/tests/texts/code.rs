//! Code that loaders run.

use limpide_safety::Level;

use crate::is;

#[test]
fn code_that_a_loader_takes_for_its_own_is_to_be_looked_at() {
    let code = [
        ("from transformers import PreTrainedModel\n\nclass XModel(PreTrainedModel):\n    pass\n", "x.py"),
        ("import datasets\n\nclass X(datasets.GeneratorBasedBuilder):\n    pass\n", "x.py"),
        ("import evaluate\n\nclass X(evaluate.Metric):\n    pass\n", "x.py"),
        ("class EndpointHandler:\n    def __init__(self, path=''):\n        pass\n", "handler.py"),
        ("class X(DiffusionPipeline):\n    pass\n", "pipeline.py"),
        ("def generate(model, **kwargs):\n    return 1\n", "a.py"),
        ("import os\n", "custom_generate/generate.py"),
        ("dependencies = ['torch']\n", "hubconf.py"),
        ("from setuptools import setup\nsetup()\n", "a/setup.py"),
        ("X = 1\n", "modeling_x.py"),
    ];
    for (text, name) in code {
        is(Level::NeedsReview, text, name);
    }
}

#[test]
fn code_that_starts_with_python_or_starts_programs_is_suspicious() {
    is(Level::Suspicious, "import os; os.system('id')\n", "a.pth");
    is(Level::Suspicious, "print(1)\n", "sitecustomize.py");
    is(Level::Suspicious, "import os\nclass X(PreTrainedModel):\n    os.system('id')\n", "modeling_x.py");
    is(Level::Suspicious, "class X(PretrainedConfig):\n    exec(b)\n", "configuration_x.py");
    is(
        Level::NeedsReview,
        "class X(PreTrainedModel):\n    x = re.compile('a')\n    model.eval()\n    # exec(b)\n",
        "modeling_x.py",
    );
}

#[test]
fn other_code_is_clean() {
    is(Level::Clean, "import os\nos.system('id')\n", "train.py");
    is(Level::Clean, "## Use\n\n```python\nclass X(PreTrainedModel):\n    pass\n```\n", "README.md");
    is(Level::Clean, "/usr/lib/python3\n", "a.pth");
}
