"""Creating, finding, renaming and removing repositories."""


def test_hf_repos_create_makes_each_kind_once(ada):
    for kind in ("model", "dataset", "space"):
        more = ["--space-sdk", "static"] if kind == "space" else []
        out = ada.hf("repos", "create", "ada/first", "--type", kind, *more)
        prefix = "" if kind == "model" else f"{kind}s/"
        assert f"{ada.endpoint}/{prefix}ada/first" in out
        again = ada.try_hf("repos", "create", "ada/first", "--type", kind, *more)
        assert again.returncode != 0
        ada.hf("repos", "create", "ada/first", "--type", kind, "--exist-ok", *more)


def test_a_new_repo_holds_one_commit_with_gitattributes(ada):
    assert ada.does(new_repo) == {
        "files": [".gitattributes"],
        "commits": [["initial commit", ["ada"]]],
        "branches": ["main"],
    }


def new_repo():
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo("ada/new")
    return {
        "files": api.list_repo_files("ada/new"),
        "commits": [[commit.title, commit.authors] for commit in api.list_repo_commits("ada/new")],
        "branches": [branch.name for branch in api.list_repo_refs("ada/new").branches],
    }


def test_a_renamed_repo_answers_to_both_names(hub, ada):
    answer = ada.does(rename)
    assert answer == {"by old name": "words", "info": "ada/new", "upload by old name": "more", "exists": True}


def rename():
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo("ada/old")
    api.upload_file(repo_id="ada/old", path_or_fileobj=b"words", path_in_repo="a.txt")
    api.move_repo("ada/old", "ada/new")
    api.upload_file(repo_id="ada/old", path_or_fileobj=b"more", path_in_repo="b.txt")
    return {
        "by old name": open(api.hf_hub_download("ada/old", "a.txt")).read(),
        "info": api.model_info("ada/old").id,
        "upload by old name": open(api.hf_hub_download("ada/new", "b.txt")).read(),
        "exists": api.repo_exists("ada/old"),
    }


def test_settings_change_who_sees_a_repo(hub, ada, eve):
    ada.hf("repos", "create", "ada/mine")
    assert eve.does(exists, "ada/mine")
    ada.hf("repos", "settings", "ada/mine", "--private")
    assert not eve.does(exists, "ada/mine")
    ada.hf("repos", "settings", "ada/mine", "--public")
    assert eve.does(exists, "ada/mine")


def exists(name):
    from huggingface_hub import HfApi

    return HfApi().repo_exists(name)


def test_a_deleted_repo_is_gone_and_its_name_is_free(ada):
    ada.hf("repos", "create", "ada/mine")
    ada.hf("repos", "delete", "ada/mine", "--yes")
    assert not ada.does(exists, "ada/mine")
    ada.hf("repos", "create", "ada/mine")


def test_lists_find_repos_by_owner_word_and_tag_a_page_at_a_time(ada):
    assert ada.does(lists) == {
        "all": 25,
        "search": ["ada/tiny-7"],
        "tagged": ["ada/tiny-3"],
        "newest": "ada/tiny-24",
        "datasets": ["ada/data"],
    }


def lists():
    from huggingface_hub import HfApi

    api = HfApi()
    for number in range(25):
        api.create_repo(f"ada/tiny-{number}")
    card = b"---\ntags:\n- poetry\n---\n# A model\n"
    api.upload_file(repo_id="ada/tiny-3", path_or_fileobj=card, path_in_repo="README.md")
    api.create_repo("ada/data", repo_type="dataset")
    return {
        "all": len(list(api.list_models(author="ada"))),
        "search": [model.id for model in api.list_models(search="tiny-7")],
        "tagged": [model.id for model in api.list_models(filter="poetry")],
        "newest": next(iter(api.list_models(sort="created_at", limit=1))).id,
        "datasets": [dataset.id for dataset in api.list_datasets(author="ada")],
    }


def test_a_copy_of_a_repo_has_all_its_files(ada):
    assert ada.does(duplicate) == {"files": [".gitattributes", "a.txt", "w.bin"], "same": True}


def duplicate():
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo("ada/one")
    api.upload_file(repo_id="ada/one", path_or_fileobj=b"words", path_in_repo="a.txt")
    api.upload_file(repo_id="ada/one", path_or_fileobj=bytes(range(256)) * 1000, path_in_repo="w.bin")
    api.duplicate_repo("ada/one", to_id="ada/two")
    there = open(api.hf_hub_download("ada/two", "w.bin"), "rb").read()
    return {"files": sorted(api.list_repo_files("ada/two")), "same": there == bytes(range(256)) * 1000}
