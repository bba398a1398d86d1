"""The tour of the README, as it is written there."""

import os
import re
import subprocess

from hub import HERE, PATIENCE, program, safetensors

README = (HERE.parent / "README.md").read_text()
EXAMPLE = re.compile(r"hf_[0-9a-f]{64}")


def test_the_tour_can_be_walked_as_it_is_written(hub):
    token = EXAMPLE.search(hub.welcome).group()
    visitor = hub.home("visitor")
    folder = visitor.folder / "folder"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# My model\n")
    (folder / "config.json").write_text("{}")
    safetensors(folder / "model.safetensors", 1_000_000, seed=8)

    commands = commands_of_the_tour()
    assert len(commands) >= 8
    script = "\n".join(["set -ex", *commands]).replace("http://127.0.0.1:8080", hub.url)
    limpide = str(program().parent)
    environment = visitor.environment | {"LIMPIDE_DATA": str(hub.data)}
    environment["PATH"] = limpide + os.pathsep + environment["PATH"]
    # Whoever works with git has told it their name.
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "visitor", f"GIT_{who}_EMAIL": "visitor@example.org"}
    for name, words in (("sh", EXAMPLE.sub(token, script)), ("python", python_of_the_tour())):
        run = subprocess.run(
            ["bash", "-c", words] if name == "sh" else ["python", "-c", words],
            cwd=visitor.folder, env=environment, capture_output=True, text=True, timeout=PATIENCE,
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert "{'number': 3}" in run.stdout


def test_what_the_tour_says_of_the_first_start_is_what_is_said(hub):
    said = EXAMPLE.sub("hf_…", hub.welcome).replace(hub.url, "http://127.0.0.1:8080").strip()
    assert said in EXAMPLE.sub("hf_…", README)


def commands_of_the_tour() -> list[str]:
    """What stands after `$`, but for `make run`: the hub runs already."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    lines = (line for block in blocks for line in block.splitlines())
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ") and line != "$ make run"]


def python_of_the_tour() -> str:
    return re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1)
