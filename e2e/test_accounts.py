"""Who is who, and who sees what."""

import re

import pytest


def test_the_first_start_shows_a_token_that_works_and_commands_that_can_be_pasted(hub):
    token = re.search(r"hf_\w+", hub.welcome).group()
    admin = hub.home("admin")
    assert f"export HF_ENDPOINT={hub.url}" in hub.welcome
    assert f"hf auth login --token {token}" in hub.welcome
    admin.hf("auth", "login", "--token", token)
    assert "admin" in admin.hf("auth", "whoami")

    folder = admin.folder / "folder"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Mine\n")
    assert "hf upload admin/my-model ./folder" in hub.welcome
    admin.hf("upload", "admin/my-model", "./folder")
    assert "Mine" in open(admin.hf("download", "admin/my-model", "README.md").split()[-1].removeprefix("path=")).read()


def test_a_token_of_another_hub_keeps_its_value_when_it_is_imported(hub):
    token = "hf_" + "aBcD1234" * 5
    hub.command("user", "create", "ada")
    assert hub.command("token", "create", "ada", "--value-stdin", stdin=token).strip() == token
    ada = hub.home("ada")
    ada.hf("auth", "login", "--token", token)
    assert "ada" in ada.hf("auth", "whoami")


def test_a_wrong_token_is_refused_at_login(hub):
    stranger = hub.home("stranger")
    run = stranger.try_hf("auth", "login", "--token", "hf_" + "x" * 40)
    assert run.returncode != 0
    assert "Invalid user token" in run.stdout + run.stderr


def test_a_revoked_token_stops_working_at_once(hub, ada):
    assert "ada" in ada.hf("auth", "whoami")
    hub.command("token", "revoke", "ada", "default")
    assert ada.try_hf("auth", "whoami").returncode != 0


def test_a_private_repo_is_there_for_its_owner_and_for_nobody_else(hub, ada, eve):
    ada.does(share_privately, "ada/secret")
    assert ada.does(looks, "ada/secret") == {"info": "ada/secret", "file": "mine", "listed": ["ada/secret"]}
    unknown = {"info": "RepositoryNotFoundError", "file": "RepositoryNotFoundError", "listed": []}
    for stranger in (eve, hub.home("nobody")):
        assert stranger.does(looks, "ada/secret") == unknown
        assert stranger.does(looks, "ada/missing") == unknown


def share_privately(name):
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo(name, private=True)
    api.upload_file(repo_id=name, path_or_fileobj=b"mine", path_in_repo="words.txt")


def looks(name):
    """What somebody finds under a name: the error, or what is there."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi()

    def attempt(act):
        try:
            return act()
        except HfHubHTTPError as error:
            return type(error).__name__

    return {
        "info": attempt(lambda: api.model_info(name).id),
        "file": attempt(lambda: open(api.hf_hub_download(name, "words.txt")).read()),
        "listed": [model.id for model in api.list_models(author="ada")],
    }


def test_a_private_repo_opens_to_the_members_of_its_organisation(hub, ada, eve):
    hub.command("org", "create", "lab")
    hub.command("org", "member", "add", "lab", "ada", "--role", "write")
    ada.does(share_privately, "lab/shared")
    assert eve.does(looks, "lab/shared")["file"] == "RepositoryNotFoundError"
    hub.command("org", "member", "add", "lab", "eve", "--role", "read")
    assert eve.does(looks, "lab/shared")["file"] == "mine"
    assert eve.does(writes, "lab/shared") == 403
    hub.command("org", "member", "remove", "lab", "eve")
    # At her first computer, the client would show her the copy in its cache.
    assert eve.elsewhere().does(looks, "lab/shared")["file"] == "RepositoryNotFoundError"


@pytest.mark.parametrize("where", ["ada/mine", "eve/not-mine", "lab/not-mine"])
def test_a_repo_is_created_only_where_one_may(hub, ada, eve, where):
    hub.command("org", "create", "lab")
    run = ada.try_hf("repos", "create", where)
    assert (run.returncode == 0) == (where == "ada/mine"), run.stdout + run.stderr


def test_a_token_that_reads_does_not_write_even_for_the_owner(hub, ada):
    ada.does(share_privately, "ada/secret")
    token = hub.command("token", "create", "ada", "--name", "reader", "--role", "read").strip()
    reader = hub.home("ada", token)
    assert reader.does(looks, "ada/secret")["file"] == "mine"
    assert reader.does(writes, "ada/secret") == 403


def test_a_fine_grained_token_writes_where_it_says_and_nowhere_else(hub, ada):
    for name in ("ada/open", "ada/closed"):
        ada.does(share_privately, name)
    token = hub.command(
        "token", "create", "ada", "--name", "fine", "--role", "fine-grained", "--scope", "model:ada/open=write"
    ).strip()
    fine = hub.home("ada", token)
    assert fine.does(writes, "ada/open") == 200
    assert fine.does(writes, "ada/closed") == 404


def writes(name):
    """The status that an upload meets."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        HfApi().upload_file(repo_id=name, path_or_fileobj=b"changed", path_in_repo="words.txt")
        return 200
    except HfHubHTTPError as error:
        return error.response.status_code
