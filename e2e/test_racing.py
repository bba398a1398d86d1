"""64 stock clients at once, each in a process of its own, while others download, move, squash and delete."""

import time
from collections import Counter as Count
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CLIENTS = 64
COMMITS = 2


def test_64_clients_lose_and_double_no_commit(hub):
    ada = hub.person("ada")
    ada.does(prepare)
    go = hub.folder / "go"
    # Every fourth client is one without Xet.
    homes = [elsewhere(ada, without_xet=number % 4 == 3) for number in range(CLIENTS)]
    others = [downloads, moves, commits_to_what_moves, squashes, deletes]
    with ThreadPoolExecutor(CLIENTS + len(others)) as pool:
        clients = [pool.submit(home.does, commits, f"client-{n}", str(go)) for n, home in enumerate(homes)]
        others = [pool.submit(elsewhere(ada).does, other, str(go)) for other in others]
        wait_for([home.folder / "ready" for home in homes])
        go.touch()
        acknowledged = [client.result() for client in clients]
        snapshots, names, on_the_move, squashed, deleted = [other.result() for other in others]

    assert (snapshots, len(names), deleted) == (4, 11, 6)
    shared = [title for client in acknowledged for title in client["shared"]]
    assert len(shared) == CLIENTS * COMMITS
    ada.does(all_is_there, shared, [client["name"] for client in acknowledged])
    ada.does(each_commit_once, names[-1], on_the_move)
    ada.does(every_file_is_there, "ada/squashed", squashed)


def elsewhere(person, without_xet=False):
    home = person.elsewhere()
    home.without_xet = without_xet
    return home


def wait_for(files: list[Path]) -> None:
    """Until all of these are there, for as long as starting 64 programs may take."""
    end = time.monotonic() + 240
    while not all(file.exists() for file in files):
        assert time.monotonic() < end, "some clients did not start"
        time.sleep(0.05)


# What the clients do, each in a process of its own.

def begin(go: str) -> None:
    """Says that this client is ready, and waits for the start."""
    Path("ready").touch()
    while not Path(go).exists():
        time.sleep(0.01)


def large(name: str) -> bytes:
    """Bytes that travel as LFS content, different for each client."""
    return name.encode() * 20_000


def prepare() -> None:
    from huggingface_hub import HfApi

    for name in ("shared", "here", "squashed"):
        HfApi().create_repo(f"ada/{name}")


def commits(name: str, go: str) -> dict:
    """Commits to one branch of all, to a branch of its own, and to a repository of its own."""
    from huggingface_hub import CommitOperationAdd, HfApi

    api, titles = HfApi(), []
    begin(go)
    for number in range(COMMITS):
        title = f"{name} {number}"
        files = [
            CommitOperationAdd(f"{name}/{number}.txt", title.encode()),
            CommitOperationAdd(f"{name}/{number}.bin", large(title)),
            CommitOperationAdd("everybody.txt", title.encode()),
        ]
        api.create_commit("ada/shared", files, commit_message=title)
        titles.append(title)
    api.create_branch("ada/shared", branch=name)
    own = {"path_or_fileobj": name.encode(), "path_in_repo": "own.txt"}
    api.upload_file(**own, repo_id="ada/shared", revision=name, commit_message=f"{name} alone")
    api.create_repo(f"ada/{name}")
    api.upload_file(**own, repo_id=f"ada/{name}", commit_message=f"{name} at home")
    return {"name": name, "shared": titles}


def downloads(go: str) -> int:
    """Downloads the shared repository again and again: what comes is always one commit, whole."""
    from huggingface_hub import HfApi, snapshot_download

    begin(go)
    for number in range(4):
        folder = Path(snapshot_download("ada/shared", cache_dir=f"cache-{number}"))
        found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert found == set(HfApi().list_repo_files("ada/shared", revision=folder.name))
        for path in folder.glob("*/*.bin"):
            assert path.read_bytes() == large(f"{path.parent.name} {path.stem}")
    return 4


def moves(go: str) -> list[str]:
    from huggingface_hub import HfApi

    begin(go)
    names = ["ada/here"]
    for number in range(10):
        names.append(["ada/there", "ada/here"][number % 2])
        HfApi().move_repo(names[-2], names[-1])
    return names


def commits_to_what_moves(go: str) -> list[str]:
    """A commit finds its repository under its old name, or is refused; never both."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    begin(go)
    titles = []
    for number in range(8):
        try:
            HfApi().upload_file(
                path_or_fileobj=b"%d" % number, path_in_repo=f"{number}.txt", repo_id="ada/here",
                commit_message=f"moving {number}",
            )
            titles.append(f"moving {number}")
        except RepositoryNotFoundError:
            pass
    return titles


def squashes(go: str) -> list[str]:
    from huggingface_hub import HfApi

    begin(go)
    names = [f"{number}.txt" for number in range(6)]
    for name in names:
        HfApi().upload_file(path_or_fileobj=name.encode(), path_in_repo=name, repo_id="ada/squashed")
        HfApi().super_squash_history("ada/squashed")
    return names


def deletes(go: str) -> int:
    from huggingface_hub import HfApi

    begin(go)
    for number in range(6):
        HfApi().create_repo("ada/brief")
        HfApi().upload_file(path_or_fileobj=large("brief"), path_in_repo="a.bin", repo_id="ada/brief")
        HfApi().delete_repo("ada/brief")
    assert not HfApi().repo_exists("ada/brief")
    return 6


# What must be true in the end.

def each_commit_once(repo: str, titles: list[str]) -> None:
    """The history has these commits, each once, and no other but the first."""
    from huggingface_hub import HfApi

    found = Count(commit.title for commit in HfApi().list_repo_commits(repo))
    assert found == Count(titles) + Count(["initial commit"]), found


def every_file_is_there(repo: str, names: list[str]) -> None:
    from huggingface_hub import HfApi

    assert set(names) <= set(HfApi().list_repo_files(repo))


def all_is_there(shared: list[str], names: list[str]) -> None:
    from huggingface_hub import HfApi, snapshot_download

    api = HfApi()
    each_commit_once("ada/shared", shared)
    folder = Path(snapshot_download("ada/shared"))
    for title in shared:
        name, number = title.split()
        assert (folder / name / f"{number}.txt").read_text() == title
        assert (folder / name / f"{number}.bin").read_bytes() == large(title)
    assert (folder / "everybody.txt").read_text() in shared
    assert {branch.name for branch in api.list_repo_refs("ada/shared").branches} == {"main", *names}
    for name in names:
        assert api.list_repo_commits("ada/shared", revision=name)[0].title == f"{name} alone"
        each_commit_once(f"ada/{name}", [f"{name} at home"])
