"""Says what was measured, on which machine and beside which versions: as JSON, and as the tables of `docs/benchmarks.md`."""

import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from servers import LOCAL_CAS_SERVER, limpide

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
# Between these lines of the document stands what a run has measured.
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

TITLES = {
    "xet": "Xet beside local_cas_server",
    "get": "Plain downloads beside nginx",
    "put": "A large file by LFS beside docker-registry and nginx DAV",
    "many": "Start, idle, and many clients at once",
    "git": "Git beside git http-backend",
    "files": "Repositories of few and many files",
    "repos": "Hubs of few and many repositories",
    "pages": "Pages of the site",
    "audit": "Audits of folders",
    "signing": "Signing folders beside model_signing",
}


def load() -> float:
    """How many processes wanted a processor in the last minute."""
    return round(os.getloadavg()[0], 2)


def begin() -> dict:
    return {"machine": machine(), "versions": versions(), "tables": {}}


def end(results: dict, path: Path | None, document: bool) -> None:
    if path:
        path.write_text(json.dumps(results, indent=1) + "\n")
    if document:
        before, rest = DOCUMENT.read_text().split(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}\n{written(results)}{END}{rest.split(END)[1]}")


def machine() -> str:
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) >> 20
    return f"{processor}, {os.cpu_count()} cores, {memory} GiB of memory, Linux {platform.release().split('-')[0]}"


def versions() -> list[str]:
    """What is measured, and the peers that are installed: `--only` may need none of them."""
    peers = {
        LOCAL_CAS_SERVER: [LOCAL_CAS_SERVER, "--version"], "/usr/sbin/nginx": ["/usr/sbin/nginx", "-v"],
        "docker-registry": ["docker-registry", "--version"], "curl": ["curl", "--version"], "git": ["git", "--version"],
        "/usr/sbin/fcgiwrap": ["dpkg-query", "--show", "fcgiwrap"],
    }
    there = [said(*words) for program, words in peers.items() if shutil.which(program)]
    return [said(limpide(), "--version"), f"hf_xet {importlib.metadata.version('hf_xet')}", *there]


def said(*words) -> str:
    run = subprocess.run([*map(str, words)], capture_output=True, text=True, check=True)
    return " ".join((run.stdout or run.stderr).splitlines()[0].split()[:3])


def written(results: dict) -> str:
    """The results as Markdown."""
    lines = [f"Machine: {results['machine']}.  ", f"Versions: {', '.join(results['versions'])}.", ""]
    for name, table in results["tables"].items():
        before, after = table["load"]
        lines += [f"## {TITLES[name]}", "", f"Load before and after: {before}, {after}; {table['seconds']:.0f} s.", ""]
        # Rows that tell other things stand in tables of their own.
        rows = [flat(row) for row in table["rows"]]
        for columns in dict.fromkeys(tuple(row) for row in rows):
            lines += [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
            lines += [f"| {' | '.join(map(shown, row.values()))} |" for row in rows if tuple(row) == columns]
            lines.append("")
    return "\n".join(lines)


def flat(row: dict) -> dict:
    """Figures of a server become columns with its name."""
    columns = {}
    for name, value in row.items():
        inner = value if isinstance(value, dict) else {None: value}
        columns |= {f"{name} {of}" if of else name: figure for of, figure in inner.items()}
    return {name.replace("_", " "): figure for name, figure in columns.items()}


def shown(figure: object) -> str:
    if isinstance(figure, float):
        return f"{figure:.2f}" if figure < 100 else f"{figure:.0f}"
    return "–" if figure is None else str(figure)
