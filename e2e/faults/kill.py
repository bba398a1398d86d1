"""Kills the server at random moments, and looks whether anything was lost: `kill.py --kills 1000 --seed 7`.

Several actors work at once with the stock client, each in repositories of its own. What the hub acknowledged must
be there after each kill; what it did not is there whole or not at all. The seed decides what the actors do and what
a kill waits for; which thread runs first is the machine's to decide, so that a run of the same seed is alike and not
the same.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from server import Proxy, Server, Watch  # noqa: E402
from model import Looker, Planner, applied, difference, names  # noqa: E402

ACTORS = ("xet", "lfs", "git")
# Once in so many rounds everything is fetched, not only what changed.
EVERYTHING_EVERY = 50
# Once in so many rounds a large upload is killed in its middle, and repeated.
RESUME_EVERY = 40

# Requests that a kill may wait for, as they begin on the wire.
REQUESTS = (
    b"/commit/", b"/commit/", b"/commit/", b"POST /cas/", b"/shards", b"/xorbs/", b"PUT /cas/", b"/preupload/",
    b"/objects/batch", b"POST /api/repos/create", b"POST /api/repos/move", b"DELETE /api/repos/delete",
    b"/super-squash/", b"/duplicate", b"/branch/", b"/tag/", b"/xet-write-token/", b"/git-upload-pack",
    b"/git-receive-pack", b"/git-receive-pack",
)


class Actor:
    """One worker process, and what it knows to be acknowledged."""

    def __init__(self, loop, number: int, way: str):
        self.loop = loop
        self.name = f"actor-{number}"
        self.way = way
        self.world = {}
        self.acts = 0
        self.unanswered = None
        self.touched = set()
        self.changed = []
        server = loop.server
        server.command("user", "create", self.name)
        self.token = server.command("token", "create", self.name).strip()
        self.planner = Planner(self.name, f"{loop.seed}-{number}")
        self.looker = Looker(server.port, self.token)
        self.process = self._begin()

    def _begin(self):
        home = self.loop.folder / f"home-{self.name}"
        home.mkdir()
        environment = self.loop.server.environment | {
            "HOME": str(home), "HF_ENDPOINT": self.loop.proxy.url, "HF_TOKEN": self.token,
            "HF_HUB_DISABLE_UPDATE_CHECK": "1", "HF_XET_CLIENT_RETRY_MAX_ATTEMPTS": "3",
            "HF_XET_CLIENT_RETRY_BASE_DELAY": "200ms", "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_XET_LOG_DEST": str(home / "xet.log"),
        }
        if self.way == "lfs":
            environment["HF_HUB_DISABLE_XET"] = "1"
        process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("actor.py"), self.way], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=(home / "stderr").open("wb"), text=True, env=environment, cwd=home,
        )
        assert process.stdout.readline() == "ready\n"
        return process

    def ask(self, act: dict) -> dict:
        self.process.stdin.write(json.dumps(act) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"{self.name} died"
        return json.loads(line)

    def work(self) -> None:
        """Acts until the server dies."""
        self.unanswered, self.touched, self.changed = None, set(), []
        while not self.loop.killed.is_set():
            act = self.planner.next(self.world)
            self.unanswered = act
            answer = self.ask(act)
            self.acts += 1
            self.touched |= names(act)
            if "error" in answer:
                self.loop.note(self, act, answer["error"])
                if not self.loop.killed.wait(5):
                    self.loop.fail(f"{self.name}: {act['act']} failed while the server ran: {answer['error']}")
                return
            self.world = applied(self.world, act, answer["done"])
            self.unanswered = None
            if act["act"] == "commit":
                self.changed.append(act)

    def kinds(self) -> dict:
        kinds = {name: repo["kind"] for name, repo in self.world.items()}
        if self.unanswered:
            kinds |= {name: self.unanswered["kind"] for name in names(self.unanswered)}
        return kinds

    def verify(self, everything: bool) -> str:
        """What was acknowledged is there; says what became of the act that was not answered."""
        outcome = self._settle() if self.unanswered else "answered"
        asked = set(self.world) if everything else self.touched & set(self.world)
        for name in sorted(asked):
            repo = self.world[name]
            seen = self.looker.repo(name, repo["kind"])
            wrong = difference(repo, seen)
            assert wrong is None, f"{self.name}: {name}: {wrong}"
        gone = self.touched - set(self.world)
        for name in sorted(gone):
            for kind in ("model", "dataset"):
                assert self.looker.repo(name, kind) is None, f"{self.name}: {name} is there again"
        self._download(everything)
        return outcome

    def _settle(self) -> str:
        """The act without an answer is there whole, or not at all."""
        act = self.unanswered
        self.touched |= names(act)
        kinds = self.kinds()
        seen = {name: self.looker.repo(name, kinds[name]) for name in names(act)}
        before, after = self.world, applied(self.world, act)
        wrong_before = [found for name in names(act) if (found := difference(before.get(name), seen[name]))]
        wrong_after = [found for name in names(act) if (found := difference(after.get(name), seen[name]))]
        assert not wrong_before or not wrong_after, (
            f"{self.name}: half of {act['act']} {act['repo']} is there: not as before, because {wrong_before}; "
            f"not as after, because {wrong_after}"
        )
        if not wrong_after:
            self.world = after
            if act["act"] == "commit":
                self.changed.append(act)
            self.unanswered = None
            return "there"
        return "absent"

    def _download(self, everything: bool) -> None:
        if everything:
            files = [
                (name, repo["kind"], branch, path, segments)
                for name, repo in self.world.items() for branch, state in repo["branches"].items()
                for path, segments in state["files"].items()
            ]
        else:
            files = [
                (act["repo"], act["kind"], act["branch"], file["path"], file["segments"])
                for act in self.changed for file in act["files"]
            ]
        for name, kind, branch, path, segments in files:
            # What was changed again later in the round is looked at in its last form.
            if self.world.get(name, {}).get("branches", {}).get(branch, {}).get("files", {}).get(path) == segments:
                self.loop.downloaded += self.looker.download(name, kind, branch, path, segments)

    def repeat(self) -> None:
        """Does again what was not done: now nothing is in the way."""
        act = self.unanswered
        answer = self.ask(act)
        assert "error" not in answer, f"{self.name}: repeated {act['act']}: {answer['error']}"
        self.world = applied(self.world, act, answer["done"])
        self.unanswered, self.changed = None, [act] if act["act"] == "commit" else []
        self.verify(False)

    def leave(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


class Loop:
    """Rounds of work, kill, restart, and a look at what is there."""

    def __init__(self, folder: Path, seed: int, say=print):
        self.folder = folder
        self.seed = seed
        self.say = say
        self.random = random.Random(seed)
        self.killed = threading.Event()
        self.problems = []
        self.kills = self.rounds = self.downloaded = 0
        self.outcomes = {}
        self.resumed = []
        self.notes = []
        self.server = Server(folder, start=False)
        self._first_start()
        self.proxy = Proxy(self.server)
        self.actors = [Actor(self, number, way) for number, way in enumerate(ACTORS)]

    def _first_start(self) -> None:
        """The first start is killed too: while the tables are made, and while the first account is."""
        for _ in range(self.random.choice([1, 2, 3])):
            self._kill_a_start(0.4)
        self.server.start()
        self.server.command("token", "create", "admin")

    def _kill_a_start(self, longest: float) -> None:
        self.server.begin()
        time.sleep(self.random.uniform(0, longest))
        self.server.kill()
        self.server.process.stdout.close()
        self.kills += 1

    def note(self, actor, act, error) -> None:
        self.notes.append(f"{actor.name} {act['act']}: {error[:300]}")

    def fail(self, problem: str) -> None:
        self.problems.append(problem)

    def run(self, kills: int) -> None:
        """Rounds until the server was killed so often."""
        while self.kills < kills:
            self.rounds += 1
            try:
                self._round()
            except BaseException:
                self.say(f"FAILED in round {self.rounds} of seed {self.seed}; data folder: {self.server.data}")
                for actor in self.actors:
                    self.say(f"  {actor.name}: unanswered {json.dumps(actor.unanswered)[:1500]}")
                for note in self.notes[-10:]:
                    self.say(f"  {note}")
                raise
        for actor in self.actors:
            actor.touched = set()
            actor.verify(everything=True)
        self.server.check()

    def _round(self) -> None:
        if self.rounds % RESUME_EVERY == RESUME_EVERY // 2:
            return self._resume_round()
        self.killed.clear()
        plan = self._plan()
        threads = [threading.Thread(target=self._work, args=(actor,)) for actor in self.actors]
        for thread in threads:
            thread.start()
        self._kill(plan)
        self._start_again()
        for thread in threads:
            thread.join()
        assert not self.problems, self.problems
        everything = self.rounds % EVERYTHING_EVERY == 0
        for actor in self.actors:
            outcome = actor.verify(everything)
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        # The bytes of everything take a while in a long run: every tenth time.
        self.server.check(fast=self.rounds % 10 > 0)
        for actor in self.actors:
            if actor.unanswered:
                actor.repeat()
        self._look_at_the_logs()

    def _work(self, actor) -> None:
        try:
            actor.work()
        except Exception as error:  # noqa: BLE001  It is raised again where the round is judged.
            self.fail(f"{actor.name}: {type(error).__name__}: {error}")

    def _plan(self) -> dict:
        """When the server dies: after a while, or shortly after a request or its answer passed."""
        how = self.random.choice(["time", "request", "request", "answer"])
        return {
            "how": how, "needle": self.random.choice(REQUESTS), "skip": self.random.choice([0, 0, 1, 3]),
            "wait": self.random.uniform(0, 1.5) if how == "time" else self.random.choice([0, 0.002, 0.01, 0.05])
            * self.random.random(), "patience": self.random.uniform(1, 2.5),
        }

    def _kill(self, plan: dict) -> None:
        passed = threading.Event()
        # A blow that falls late must not hit the process that was started meanwhile.
        process = self.server.process

        def strike():
            time.sleep(plan["wait"])
            process.kill()
            passed.set()

        if plan["how"] == "time":
            strike()
        else:
            self.proxy.watch(Watch(plan["how"], plan["needle"], strike, plan["skip"]))
            passed.wait(plan["patience"])
            self.proxy.watch(None)
        self.killed.set()
        self.server.kill()
        self.kills += 1

    def _start_again(self) -> None:
        """Sometimes it is killed again before it serves, or just after."""
        chance = self.random.random()
        if chance < 0.1:
            self._kill_a_start(0.15)
        elif chance < 0.2:
            self.server.start()
            time.sleep(self.random.uniform(0, 0.1))
            self.server.kill()
            self.kills += 1
        self.server.start()

    def _resume_round(self) -> None:
        """One large upload is killed in its middle; the second try sends what the first had not brought in."""
        self.killed.set()
        actor = self.actors[0]
        repo = f"{actor.name}/large-{self.rounds}"
        segments = [[self.random.randrange(1 << 40) * 3 + 1, 8_000_000] for _ in range(20)]
        size = sum(length for _, length in segments)
        assert "error" not in actor.ask({"act": "create", "repo": repo, "kind": "model"})
        act = {
            "act": "commit", "repo": repo, "kind": "model", "branch": "main", "deleted": [], "title": "large",
            "files": [{"path": "large.bin", "segments": segments}],
        }
        before = self._stored()
        self.proxy.reset()
        answers = []
        thread = threading.Thread(target=lambda: answers.append(actor.ask(act)))
        thread.start()
        share = self.random.uniform(0.2, 1.0)
        end = time.monotonic() + 60
        while self.proxy.sent < share * size and thread.is_alive() and time.monotonic() < end:
            time.sleep(0.002)
        self.server.kill()
        self.kills += 1
        kept = self._stored() - before
        thread_waits = threading.Thread(target=thread.join)
        thread_waits.start()
        # The client gives up while nobody answers; the repetition is a new call.
        thread.join(20)
        self.server.start()
        thread.join()
        if "error" in answers[0]:
            self.proxy.reset()
            answer = actor.ask(act)
            assert "error" not in answer, answer
            sent = self.proxy.sent
            self.resumed.append((size, kept, sent))
            assert sent <= size - kept + 0.02 * size + 200_000, f"{sent} bytes sent again, {kept} of {size} were there"
        length = actor.looker.download(repo, "model", "main", "large.bin", segments)
        self.downloaded += length
        assert "error" not in actor.ask({"act": "delete", "repo": repo, "kind": "model"})
        self._look_at_the_logs()

    def _stored(self) -> int:
        """Bytes of the xorbs that the hub has taken in."""
        import sqlite3

        with sqlite3.connect(f"file:{self.server.data}/limpide.db?mode=ro", uri=True) as database:
            return database.execute("SELECT coalesce(sum(length), 0) FROM xorbs").fetchone()[0]

    def _look_at_the_logs(self) -> None:
        """No process of this round ever broke or said that it did; logs of good rounds go."""
        for log in self.server.logs:
            for line in log.read_text(errors="replace").splitlines():
                try:
                    entry = json.loads(line)
                except ValueError:
                    # The last line of a process that was killed while it wrote.
                    assert "panicked" not in line, line
                    continue
                bad = entry.get("level") == "ERROR" or (entry.get("status", 0) >= 500 and entry["status"] != 501)
                assert not bad, f"the server broke: {line}"
        for log in self.server.logs[:-1]:
            log.unlink()
        self.server.logs = self.server.logs[-1:]

    def close(self) -> None:
        for actor in self.actors:
            actor.leave()
        self.proxy.close()
        assert self.server.stop() == 0

    def summary(self) -> str:
        acts = sum(actor.acts for actor in self.actors)
        resumed = ", ".join(f"{sent:,} of {size:,} with {kept:,} there" for size, kept, sent in self.resumed)
        return (
            f"seed {self.seed}: {self.kills} kills in {self.rounds} rounds, {acts} acts; unanswered ones: "
            f"{self.outcomes}; {self.downloaded:,} bytes fetched and compared; large uploads repeated: {resumed or 'none'}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where to work; by default a temporary folder")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="limpide-kill-"))
    folder.mkdir(exist_ok=True)
    loop = Loop(folder, chosen.seed, say=lambda text: print(text, flush=True))
    start = time.monotonic()
    while loop.kills < chosen.kills:
        loop.run(min(chosen.kills, loop.kills + 50))
        print(f"{time.monotonic() - start:.0f} s: {loop.summary()}", flush=True)
    loop.close()
    # Kept when anything failed: then this line is not reached.
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
