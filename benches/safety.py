"""Measures the scanner beside others, on a folder of labelled files and on big files that it makes itself:
`python benches/safety.py --corpus FOLDER --levels FOLDER`. The first has a `labels.jsonl` with `path`, `label`, `family`,
`format` and the imports of each file, and the files; the second a `labels.json` with `path` and `label`. They are read,
never loaded."""

import argparse
import _compat_pickle
import json
import os
import pickle
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
CACHE = Path(os.environ.get("LIMPIDE_CACHE", Path.home() / ".cache" / "limpide"))
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PEERS = ["picklescan", "modelscan", "fickling"]
LEVELS = ["clean", "needs-review", "partial", "suspicious", "malicious"]
MIB = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder of labelled files")
    parser.add_argument("--levels", type=Path, action="append", default=[], help="a folder of files in other formats")
    parser.add_argument("--limpide", default=str(TARGET / "release" / "examples" / "scan"),
                        help="the program that scans the files named on its standard input")
    parser.add_argument("--formats", help="only files of these formats, with commas between")
    parser.add_argument("--peers", default=",".join(PEERS), help="which scanners beside it")
    parser.add_argument("--no-throughput", action="store_true")
    parser.add_argument("--make", type=Path, help="only makes the big files, in this folder")
    words = parser.parse_args()
    if words.make:
        make_big_files(words.make)
        return
    peers = [peer for peer in words.peers.split(",") if peer]
    commands = {"limpide": [words.limpide]} | {peer: peer_command(peer) for peer in peers}
    for corpus in words.corpus:
        detection(corpus, commands, words.formats)
    for corpus in words.levels:
        levels(corpus, commands["limpide"])
    if not words.no_throughput:
        throughput(commands)


def peer_command(peer: str) -> list:
    return [str(CACHE / "scanners" / "bin" / "python"), str(ROOT / "benches" / "scanners.py"), peer]


def detection(corpus: Path, commands: dict, formats: str | None) -> None:
    """The table of one folder: who finds what, at which price."""
    labels = [json.loads(line) for line in (corpus / "labels.jsonl").read_text().splitlines()]
    wanted = set(formats.split(",")) if formats else None
    labels = [label for label in labels if not label.get("dup_of") and (not wanted or label["format"] in wanted)]
    counts = {kind: sum(label["label"] == kind for label in labels) for kind in ("malicious", "benign")}
    print(f"\n## {len(labels)} files, {counts['malicious']} malicious, {counts['benign']} benign\n")
    print("| | malicious: recall micro / macro | false positives | suspicious or worse: micro / macro | false positives "
          "| malicious called clean | errors on benign | imports exact | CPU s | peak MiB |")
    print("|" + "---|" * 10)
    for name, command in commands.items():
        found, cost = scan(command, [str(corpus / label["path"]) for label in labels])
        print(f"| {name} | " + " | ".join(figures(corpus, labels, found)) + f" | {cost['cpu']:.2f} | {cost['peak']:.0f} |")


def levels(corpus: Path, command: list) -> None:
    """How many files of each format and label came to which level. What is malformed harms only who believes it: it is to
    be anything but clean."""
    labels = json.loads((corpus / "labels.json").read_text())
    found, _ = scan(command, [str(corpus / label["path"]) for label in labels])
    table: dict[tuple[str, str], Counter] = {}
    for label in labels:
        level = found.get(str(corpus / label["path"]), ("error",))[0]
        table.setdefault((Path(label["path"]).parts[0], label["label"]), Counter())[level] += 1
    print(f"\n## {len(labels)} files of other formats\n")
    print("| format | label | " + " | ".join([*LEVELS, "error"]) + " |")
    print("|" + "---|" * (len(LEVELS) + 3))
    for (kind, label), counts in sorted(table.items()):
        print(f"| {kind} | {label} | " + " | ".join(str(counts[level]) for level in [*LEVELS, "error"]) + " |")


def figures(corpus: Path, labels: list, found: dict) -> list[str]:
    levels = {label["path"]: found.get(str(corpus / label["path"]), ("error", set()))[0] for label in labels}
    bad = [label for label in labels if label["label"] == "malicious"]
    good = [label for label in labels if label["label"] == "benign"]
    cells = []
    for least in ("malicious", "suspicious"):
        is_hit = {path: rank(level) >= LEVELS.index(least) for path, level in levels.items()}
        groups = {}
        for label in bad:
            groups.setdefault(group(label), []).append(is_hit[label["path"]])
        macro = mean([mean(hits) for hits in groups.values()])
        cells.append(f"{mean([is_hit[label['path']] for label in bad]):.3f} / {macro:.3f}")
        cells.append(f"{mean([is_hit[label['path']] for label in good]):.3f}")
    pairs = [(found.get(str(corpus / label["path"]), ("", None))[1], imports_of(label)) for label in labels]
    hits = [said == there for said, there in pairs if there is not None]
    tells = any(said is not None for said, _ in pairs)
    return cells + [str(sum(levels[label["path"]] == "clean" for label in bad)),
                    f"{mean([levels[label['path']] in ('error', 'partial') for label in good]):.3f}", f"{mean(hits):.3f}" if tells else "—"]


def rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else LEVELS.index("partial")


def group(label: dict) -> str:
    """Families of one kind weigh together: `inject:…`, `trick:…`, `container:…`, and each family of gadgets."""
    kind = label["family"].split(":")[0]
    return label["family"] if kind == "gadget" else kind


def mean(values: list) -> float:
    return sum(values) / len(values) if values else 0.0


def imports_of(label: dict) -> set | None:
    """The imports that a machine finds in the file, under today's names."""
    vm = label.get("vm")
    return {today(*name) for name in vm["globals"] if name[0] != "?dynamic"} if vm else None


def today(module: str, name: str) -> tuple[str, str]:
    moved = _compat_pickle.NAME_MAPPING.get((module, name))
    return moved or (_compat_pickle.IMPORT_MAPPING.get(module, module), name)


def scan(command: list, paths: list) -> tuple[dict, dict]:
    """Level and imports of each file, and what it cost to find them."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as said:
        given.write("\n".join(paths) + "\n")
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=given, stdout=said, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        said.seek(0)
        found = dict(answer(json.loads(line)) for line in said if line.startswith("{"))
    cost = {"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024, "wall": time.perf_counter() - started}
    return found, cost


def answer(line: dict) -> tuple[str, tuple[str, set]]:
    if "scan" not in line:
        return line["path"], (line["level"], None if line["imports"] is None else {today(*name) for name in line["imports"]})
    imports = {today(event["module"], event["name"]) for event in line["scan"]["events"] if event["event"] == "import"}
    return line["path"], (line["verdict"]["level"], imports)


def throughput(commands: dict) -> None:
    """CPU time and memory on big files of plain data. Starting a program is part of it, and told apart by an empty file."""
    print("\n## Big files\n")
    print("| | file | MB | CPU s | MB/s | peak MiB | level |")
    print("|" + "---|" * 7)
    with tempfile.TemporaryDirectory() as folder:
        # Another process makes them: what it took of memory would be counted as the scanners'.
        subprocess.run([sys.executable, __file__, "--make", folder], check=True)
        files = sorted(Path(folder).glob("*-*.*"))
        small = Path(folder) / "small.pkl"
        small.write_bytes(pickle.dumps(1, 4))
        for name, command in commands.items():
            start = scan(command, [str(small)])[1]["cpu"]
            for file in files:
                found, cost = scan(command, [str(file)])
                size, spent = file.stat().st_size / 1e6, cost["cpu"] - start
                level = found.get(str(file), ("error",))[0]
                # The kernel counts in hundredths of a second.
                cells = f"{spent:.2f} | {size / spent:.1f}" if spent > 0.02 else "< 0.02 | –"
                print(f"| {name} | {file.stem} | {size:.1f} | {cells} | {cost['peak']:.0f} | {level} |")


def make_big_files(folder: Path) -> None:
    chance = random.Random(7)
    vocabulary = {f"token_{number}_{chance.randrange(1 << 30):x}": number for number in range(700_000)}
    merges = [(f"a{number % 5000}", f"b{number % 7777}x") for number in range(600_000)]
    numbers = [chance.random() for _ in range(700_000)]
    everything = {"vocabulary": vocabulary, "merges": merges, "numbers": numbers, "counts": list(range(300_000))}
    for protocol in (2, 4):
        (folder / f"opcodes-protocol-{protocol}.pkl").write_bytes(pickle.dumps(everything, protocol))
    (folder / "one-value-of-500-MB.pkl").write_bytes(pickle.dumps({"weights": bytes(500_000_000)}, 4))

    import torch
    from safetensors.torch import save_file

    layers = {f"layer.{number}.weight": torch.zeros(1_250_000) for number in range(100)}
    torch.save(layers, folder / "torch-zip-of-500-MB.pt")
    torch.save(layers, folder / "torch-legacy-of-500-MB.pt", _use_new_zipfile_serialization=False)
    save_file(layers, folder / "safetensors-of-500-MB.safetensors")
    save_file({f"layer.{number}.weight": torch.zeros(1) for number in range(100_000)},
              folder / "safetensors-of-100000-tensors.safetensors")


if __name__ == "__main__":
    main()
