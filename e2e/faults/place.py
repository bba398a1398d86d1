"""Small file systems for a test, and how to fill, empty and close them."""

import os
import subprocess
from pathlib import Path

import pytest

MIB = 1 << 20

needs_mounts = pytest.mark.skipif(
    os.geteuid() != 0, reason="mounting a small file system needs root: run the tests as root, or in a container"
)


class Place:
    """A small file system, mounted on a folder until it is left: a tmpfs, or an ext4 in a file."""

    def __init__(self, folder: Path, size: int, kind: str = "tmpfs"):
        self.folder = folder
        self.image = folder.with_suffix(".img")
        self.how = ["-t", "tmpfs", "-o", f"size={size},mode=0700", "none"]
        if kind == "ext4":
            with self.image.open("wb") as image:
                image.truncate(size)
            subprocess.run(["mkfs.ext4", "-q", "-F", self.image], check=True)
            self.how = ["-o", "loop", self.image]
        folder.mkdir()
        self.mount()

    def mount(self) -> None:
        mounted = subprocess.run(["mount", *self.how, self.folder], capture_output=True, text=True)
        if mounted.returncode != 0:
            pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")

    def fail(self) -> None:
        """The disk turns read-only, as ext4 does by itself when it meets an error."""
        subprocess.run(["mount", "-o", "remount,abort", self.folder], check=True)

    def free(self) -> int:
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_bsize

    def fill(self, left: int = 0) -> None:
        """Leaves so many bytes free."""
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            while (free := self.free()) > left:
                try:
                    ballast.write(b"\0" * min(free - left, MIB))
                except OSError:
                    return

    def empty(self) -> None:
        """Makes room again."""
        (self.folder / "ballast").unlink(missing_ok=True)

    def leave_mount(self) -> None:
        subprocess.run(["umount", "--lazy", self.folder], check=False)

    def leave(self) -> None:
        self.leave_mount()
        self.image.unlink(missing_ok=True)
