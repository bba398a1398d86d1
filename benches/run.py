"""Measures limpide beside its peers, in one run: `make bench`, or `python benches/run.py --help`."""

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import api
import audit
import git_http
import many
import pages
import plain
import report
import signing
import xet
from measure import MIB

FAMILIES = {
    "get": plain.downloads, "put": plain.uploads, "xet": xet.run, "many": many.run, "git": git_http.run, "files": api.run,
    "repos": api.hubs, "pages": pages.run, "audit": audit.run,
    "signing": signing.run,
}


@dataclass
class Bench:
    """How much is measured, and where."""

    folder: Path
    quick: bool
    repeat: int

    @property
    def size(self) -> int:
        """Bytes of the large file."""
        return (16 if self.quick else 1024) * MIB

    @property
    def rounds(self) -> int:
        """How often the large file is fetched for one figure: the kernel counts CPU in hundredths of a second."""
        return 1 if self.quick else 4

    @property
    def seconds(self) -> int:
        """How long ranges are asked for."""
        return 1 if self.quick else 5

    @property
    def requests(self) -> int:
        return 3 if self.quick else 100

    @property
    def commits(self) -> int:
        return 2 if self.quick else 15

    @property
    def files(self) -> list[int]:
        return [10, 1000] if self.quick else [10, 10_000, 100_000]

    @property
    def repos(self) -> list[int]:
        return [10] if self.quick else [10, 100_000]

    @property
    def large_history(self) -> tuple[int, int]:
        """Files and commits of the git history that is cloned."""
        return (100, 20) if self.quick else (100_000, 10_000)

    @property
    def small_history(self) -> tuple[int, int]:
        """Files and commits of the one that is pushed time and again."""
        return (10, 2) if self.quick else (1000, 100)

    @property
    def audits(self) -> int:
        """How often a folder is audited for one figure."""
        return 1 if self.quick else 15

    @property
    def audited_files(self) -> int:
        return 100 if self.quick else 1000

    @property
    def clients(self) -> int:
        return 4 if self.quick else 64


def main() -> None:
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="limpide-bench-", dir=asked.folder) as folder:
        bench = Bench(Path(folder), asked.quick, asked.repeat or (1 if asked.quick else 3))
        results = report.begin()
        for name in asked.only.split(","):
            started, load = time.time(), report.load()
            rows = FAMILIES[name](bench)
            results["tables"][name] = {"load": [load, report.load()], "seconds": time.time() - started, "rows": rows}
        report.end(results, asked.json, asked.document)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(FAMILIES), help="families, joined by commas (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="little data, once: shows that it runs, measures nothing")
    parser.add_argument("--repeat", type=int, help="how often each load is put on each server in turn (default: 3)")
    parser.add_argument("--folder", type=Path, help="where servers keep their data (default: the temporary folder)")
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--document", action="store_true", help="put the tables into docs/benchmarks.md")
    asked = parser.parse_args()
    if asked.document and (asked.quick or set(asked.only.split(",")) != set(FAMILIES)):
        parser.error("--document puts all tables into the page: leave out --only and --quick")
    return asked


main()
