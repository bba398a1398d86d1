"""What a server costs, as the kernel counts it: CPU seconds and memory of a process and all its children."""

import contextlib
import os
import statistics
from pathlib import Path

GIB = 1 << 30
MIB = 1 << 20
_TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and all that descend from it: nginx answers from workers."""
    found = [pid]
    for parent in found:
        for task in _tasks(parent):
            # A thread may end between two looks.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, (task / "children").read_text().split())
    return found


def _tasks(pid: int) -> list[Path]:
    """The threads of a process that may have ended."""
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:
        return []


def names(pid: int) -> list[str]:
    """What the family's programs are called."""
    found = []
    for member in family(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found.append(Path(f"/proc/{member}/comm").read_text().strip())
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time so far of every thread of the family, ended children included."""
    return sum(_own_cpu(member) for member in family(pid))


def _own_cpu(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        # It has ended meanwhile: its parent counts it from now on.
        return 0
    # The name of the program stands in brackets and may hold anything; utime, stime, cutime, cstime come 11 fields after it.
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) / _TICKS


def peak_memory(pid: int) -> int:
    """The most bytes that were resident since `forget_peak`: the peaks of the family's members, added."""
    return sum(_status(member, "VmHWM") for member in family(pid))


def memory(pid: int) -> int:
    """Bytes resident now."""
    return sum(_status(member, "VmRSS") for member in family(pid))


def forget_peak(pid: int) -> None:
    """Lets `peak_memory` start anew: see clear_refs in proc(5)."""
    for member in family(pid):
        Path(f"/proc/{member}/clear_refs").write_text("5")


def _status(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"the kernel does not tell {field} of process {pid}")


class Samples:
    """Figures of the same act, repeated."""

    def __init__(self):
        self.values: dict[str, list[float]] = {}

    def add(self, **figures: float) -> None:
        for name, figure in figures.items():
            self.values.setdefault(name, []).append(figure)

    def medians(self) -> dict[str, float]:
        return {name: statistics.median(values) for name, values in self.values.items()}


def quantile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
