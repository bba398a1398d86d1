"""Audits of folders beside what else reads the same bytes: a loop over headers in Python, and `cat`."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from measure import MIB, Samples, peak_memory
from servers import limpide

# The shapes of a model of 70 billion parameters, as its configuration gives them: layers, and their sizes.
LAYERS, HIDDEN, INNER, KEYS, WORDS = 80, 8192, 28672, 1024, 128256
SHARDS = 30
# What people write who want to know what such a folder holds.
LOOP = """
import json, pathlib, sys
from safetensors import safe_open
total = 0
for path in pathlib.Path(sys.argv[1]).rglob("*"):
    if path.suffix == ".safetensors":
        with safe_open(path, framework="numpy") as file:
            for name in file.keys():
                size = 1
                for side in file.get_slice(name).get_shape():
                    size *= side
                total += size
    elif path.is_file():
        path.read_bytes()
print(total)
"""


def run(bench) -> list[dict]:
    """A row for each folder and reader."""
    rows = []
    for name, files in {"70 B in 30 shards": bench.audited_files, "one small model": 10}.items():
        folder = bench.folder / "audited"
        shards = SHARDS if name.startswith("70") else 1
        make(folder, files, shards)
        rows += [row(bench, name, reader, words) for reader, words in readers(folder).items()]
        shutil.rmtree(folder)
    return rows


def readers(folder: Path) -> dict[str, list]:
    return {
        "limpide audit": [limpide(), "audit", folder, "--format", "json", "--output", "/dev/null"],
        "safetensors in Python": [sys.executable, "-c", LOOP, folder],
        "cat": ["sh", "-c", f"find '{folder}' -type f -size -2M -exec cat {{}} + ; head -qc 65536 '{folder}'/*.safetensors"],
    }


def row(bench, name: str, reader: str, words: list) -> dict:
    samples = Samples()
    for _ in range(bench.audits):
        samples.add(**cost(words))
    figures = samples.medians()
    row = {"folder": name, "reader": reader, **figures, "a_second_and_core": 1 / figures["cpu_seconds"]}
    print(f"audit {row}", flush=True)
    return row


def cost(words: list) -> dict:
    """What one run costs, its children included."""
    started, peak = time.perf_counter(), 0
    process = subprocess.Popen([*map(str, words)], stdout=subprocess.DEVNULL)
    # The kernel's own figure for ended processes holds what this process had when it started them.
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        with contextlib.suppress(OSError, ValueError):
            peak = max(peak, peak_memory(process.pid))
        time.sleep(0.001)
    seconds = time.perf_counter() - started
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words[0]} ended with {process.returncode}")
    return {"seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mib": peak / MIB}


def make(folder: Path, files: int, shards: int) -> None:
    """A model's folder: headers and the length of the weights are real, their bytes are a hole in the file."""
    folder.mkdir()
    tensors = list(model(LAYERS if shards == SHARDS else 2))
    index = {"metadata": {"total_size": sum(2 * elements(shape) for _, shape in tensors)}, "weight_map": {}}
    for number in range(shards):
        part = tensors[number * len(tensors) // shards : (number + 1) * len(tensors) // shards]
        path = folder / f"model-{number + 1:05}-of-{shards:05}.safetensors"
        write_shard(path, part)
        index["weight_map"] |= {name: path.name for name, _ in part}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"], "hidden_size": HIDDEN}))
    (folder / "README.md").write_text("---\nlicense: mit\npipeline_tag: text-generation\n---\n# A model\n" + "Words. " * 500)
    for number in range(files - shards - 3):
        path = folder / f"code-{number % 20}" / f"part_{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'"""Part {number}."""\n\n\ndef step(values):\n    return sum(values) + {number}\n' * 10)


def model(layers: int):
    """Names and shapes of tensors."""
    yield "model.embed_tokens.weight", [WORDS, HIDDEN]
    for layer in range(layers):
        start = f"model.layers.{layer}"
        yield f"{start}.input_layernorm.weight", [HIDDEN]
        yield f"{start}.post_attention_layernorm.weight", [HIDDEN]
        for name, shape in {
            "self_attn.q_proj": [HIDDEN, HIDDEN], "self_attn.k_proj": [KEYS, HIDDEN], "self_attn.v_proj": [KEYS, HIDDEN],
            "self_attn.o_proj": [HIDDEN, HIDDEN], "mlp.gate_proj": [INNER, HIDDEN], "mlp.up_proj": [INNER, HIDDEN],
            "mlp.down_proj": [HIDDEN, INNER],
        }.items():
            yield f"{start}.{name}.weight", shape
    yield "model.norm.weight", [HIDDEN]
    yield "lm_head.weight", [WORDS, HIDDEN]


def elements(shape: list[int]) -> int:
    return shape[0] * (shape[1] if len(shape) > 1 else 1)


def write_shard(path: Path, tensors: list) -> None:
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in tensors:
        start, end = end, end + 2 * elements(shape)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}
    written = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(written).to_bytes(8, "little") + written)
        file.truncate(8 + len(written) + end)
