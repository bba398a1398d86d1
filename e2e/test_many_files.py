"""Ten thousand small files in one folder tree."""

from hub import git_id

COUNT = 10_000


def content(number: int) -> bytes:
    return f"file number {number}\n".encode()


def test_ten_thousand_small_files_are_uploaded_listed_and_downloaded(ada):
    folder = ada.folder / "many"
    for number in range(COUNT):
        path = folder / f"{number % 100:02}" / f"{number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(number))

    ada.does(upload, str(folder))
    expected = {f"{number % 100:02}/{number:05}.txt": git_id(content(number)) for number in range(COUNT)}
    assert ada.does(ids) == expected
    assert ada.does(some) == {f"42/{number:05}.txt": content(number).decode() for number in range(42, COUNT, 100)}


def upload(folder):
    from huggingface_hub import HfApi

    HfApi().create_repo("ada/many", repo_type="dataset")
    HfApi().upload_folder(repo_id="ada/many", repo_type="dataset", folder_path=folder)


def ids():
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    entries = HfApi().list_repo_tree("ada/many", repo_type="dataset", recursive=True)
    files = (entry for entry in entries if isinstance(entry, RepoFile))
    return {file.path: file.blob_id for file in files if file.path != ".gitattributes"}


def some():
    from pathlib import Path

    from huggingface_hub import snapshot_download

    folder = Path(snapshot_download("ada/many", repo_type="dataset", allow_patterns="42/*"))
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.txt")}
