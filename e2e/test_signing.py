"""`limpide sign` and `limpide verify` beside the Python package `model-signing`: each believes what the other signed, and
both see what was changed since."""

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from hub import Hub, Person, plain_environment, program, safetensors
from programs import cache

SEEDS = Path(__file__).parent.parent / "libs/signing/tests/seeds/signature_bundle"
CURVES = {"P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1"}
FILES = {
    "README.md": "# Tiny\n",
    "a.txt": "after a/b.txt, though the string is smaller\n",
    "a/b.txt": "in a folder\n",
    "a/deeper/empty": "",
    "grüße 你好.json": "{}\n",
    "model part 1.bin": "\x00\x01\x02" * 1000,
}
EXTENSIONS = """[authority]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
[signer]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
[server]
basicConstraints=critical,CA:FALSE
keyUsage=critical,keyEncipherment
"""


class Room:
    """A folder with a model, and what signs and verifies it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.model = folder / "tiny"
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        (self.model / path).parent.mkdir(parents=True, exist_ok=True)
        (self.model / path).write_text(text)

    def run(self, *words, allowed=(0,)) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [*map(str, words)], capture_output=True, text=True, timeout=120, cwd=self.folder, stdin=subprocess.DEVNULL,
            env=plain_environment(),
        )
        assert done.returncode in allowed, f"{words}\n{done.stdout}\n{done.stderr}"
        return done

    def key(self, name: str, curve: str = "P-256") -> None:
        self.run("openssl", "ecparam", "-name", CURVES[curve], "-genkey", "-noout", "-out", f"{name}.key")
        self.run("openssl", "pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pem")

    def certificate(self, name: str, above: str | None, extensions: str, curve: str = "P-256") -> None:
        """A certificate that another one makes, or that makes itself."""
        self.key(name, curve)
        (self.folder / "extensions").write_text(EXTENSIONS)
        self.run("openssl", "req", "-new", "-key", f"{name}.key", "-subj", f"/O=Tests/CN={name}", "-out", f"{name}.csr")
        by = ["-CA", f"{above}.crt", "-CAkey", f"{above}.key", "-CAcreateserial"] if above else ["-key", f"{name}.key"]
        self.run(
            "openssl", "x509", "-req", "-in", f"{name}.csr", *by, "-days", "30", "-extfile", "extensions", "-extensions",
            extensions, "-out", f"{name}.crt",
        )

    def limpide(self, *words, allowed=(0,)) -> subprocess.CompletedProcess:
        return self.run(program(), *words, allowed=allowed)

    def python(self, *words, allowed=(0,)) -> subprocess.CompletedProcess:
        return self.run(cache() / "signing/bin/model_signing", *words, allowed=allowed)

    def python_script(self, text: str) -> None:
        self.run(cache() / "signing/bin/python", "-c", text)

    def python_signs(self, name: str = "ada", *words) -> None:
        self.python("sign", "key", "--private_key", f"{name}.key", "--signature", "model.sig", *words, "tiny")

    def python_believes(self, name: str = "ada", *words) -> bool:
        said = self.python(
            "verify", "key", "--public_key", f"{name}.pem", "--signature", "model.sig", *words, "tiny", allowed=(0, 1)
        )
        return said.returncode == 0

    def limpide_signs(self, name: str = "ada", *words) -> dict:
        return json.loads(self.limpide(
            "sign", "tiny", "--key", f"{name}.key", "--output", "model.sig", "--format", "json", *words
        ).stdout)

    def verified(self, *words, name: str = "ada") -> dict:
        """What limpide says of the model; its exit status says the same."""
        trust = [] if "--roots" in words else ["--key", f"{name}.pem"]
        said = self.limpide(
            "verify", "tiny", *trust, "--signature", "model.sig", "--format", "json", *words, allowed=(0, 1)
        )
        found = json.loads(said.stdout)
        assert found["verified"] == (said.returncode == 0)
        return found

    def edit_payload(self, change) -> None:
        """Changes what is signed, and leaves the signature as it is."""
        bundle = json.loads((self.folder / "model.sig").read_text())
        payload = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
        change(payload)
        bundle["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
        (self.folder / "model.sig").write_text(json.dumps(bundle))

    def sign_payload(self, change, name: str = "ada") -> None:
        """Changes what is signed, and signs that with openssl, as whoever holds the key may."""
        self.edit_payload(change)
        bundle = json.loads((self.folder / "model.sig").read_text())
        payload = base64.b64decode(bundle["dsseEnvelope"]["payload"])
        kind = bundle["dsseEnvelope"]["payloadType"]
        (self.folder / "signed").write_bytes(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
        self.run("openssl", "dgst", "-sha256", "-sign", f"{name}.key", "-out", "signature", "signed")
        signature = (self.folder / "signature").read_bytes()
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = base64.b64encode(signature).decode()
        (self.folder / "model.sig").write_text(json.dumps(bundle))


@pytest.fixture
def room(tmp_path) -> Room:
    room = Room(tmp_path)
    room.key("ada")
    return room


@pytest.mark.parametrize("curve", CURVES)
def test_limpide_believes_what_python_signed(room: Room, curve: str):
    room.key("ada", curve)
    room.python_signs()
    found = room.verified()
    assert found["verified"] and sorted(found["coverage"]["covered"]) == sorted(FILES)
    assert (found["signer"]["mode"], found["signer"]["kind"], found["order"]) == ("key", curve, "usual")


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("hash", ["sha256", "blake3"])
def test_python_believes_what_limpide_signed(room: Room, curve: str, hash: str):
    room.key("ada", curve)
    said = room.limpide_signs("ada", "--hash", hash)
    assert said["files"] == len(FILES) and room.verified()["verified"]
    if hash == "sha256":
        assert room.python_believes()
    # The command takes every signature for one of SHA-256; the package itself reads which it is.
    room.python_script(
        "from model_signing import verifying\n"
        "verifying.Config().use_elliptic_key_verifier(public_key='ada.pem').verify('tiny', 'model.sig')"
    )


def test_limpide_believes_blake3_of_python_and_names_what_it_does_not_know(room: Room):
    sign = (
        "import pathlib\n"
        "from model_signing import hashing, signing\n"
        "config = signing.Config().use_elliptic_key_signer(private_key=pathlib.Path('ada.key'))\n"
        "config.set_hashing_config(hashing.Config().{how}).sign('tiny', 'model.sig')"
    )
    room.python_script(sign.format(how="use_file_serialization(hashing_algorithm='blake3')"))
    found = room.verified()
    assert found["verified"] and found["algorithm"] == "blake3"
    room.python_script(sign.format(how="use_shard_serialization(shard_size=1000)"))
    assert "`shards`" in room.verified()["refused"]["sentence"]
    room.python_script(sign.format(how="use_file_serialization(hashing_algorithm='blake2')"))
    assert "`blake2b`" in room.verified()["refused"]["sentence"]


def test_both_sign_the_same_files_with_the_same_root(room: Room):
    room.python_signs()
    python = room.verified()["root"]
    assert room.limpide_signs()["root"] == python


@pytest.mark.parametrize("signs", ["python_signs", "limpide_signs"])
def test_both_see_each_difference_and_limpide_names_it(room: Room, signs: str):
    getattr(room, signs)()
    weights = (room.model / "model part 1.bin").read_bytes()
    (room.model / "model part 1.bin").write_bytes(weights[:-1] + bytes([weights[-1] ^ 1]))
    found = room.verified()
    assert [changed["path"] for changed in found["coverage"]["changed"]] == ["model part 1.bin"]
    assert found["coverage"]["missing"] == found["coverage"]["extra"] == []
    assert not room.python_believes()
    (room.model / "model part 1.bin").write_bytes(weights)
    assert room.verified()["verified"]

    room.write("a/deeper/new.py", "")
    found = room.verified()
    assert found["coverage"]["extra"] == ["a/deeper/new.py"] and found["coverage"]["changed"] == []
    assert not room.python_believes()
    (room.model / "a/deeper/new.py").unlink()

    (room.model / "a/deeper/empty").unlink()
    found = room.verified()
    assert found["coverage"]["missing"] == ["a/deeper/empty"] and found["coverage"]["extra"] == []
    assert not room.python_believes()


def test_a_wrong_key_and_a_forged_one_are_told_apart(room: Room):
    room.key("eve")
    room.python_signs()
    assert room.verified(name="eve")["refused"]["reason"] == "wrong-key"
    assert not room.python_believes("eve")
    # Eve signs, and says that Ada did.
    hint = json.loads((room.folder / "model.sig").read_text())["verificationMaterial"]
    room.python_signs("eve")
    forged = json.loads((room.folder / "model.sig").read_text()) | {"verificationMaterial": hint}
    (room.folder / "model.sig").write_text(json.dumps(forged))
    assert room.verified()["refused"]["reason"] == "signature"
    assert not room.python_believes()


@pytest.mark.parametrize("signs", ["python_signs", "limpide_signs"])
def test_reordered_and_changed_entries_are_told_apart(room: Room, signs: str):
    getattr(room, signs)()
    room.edit_payload(lambda payload: payload["predicate"]["resources"].reverse())
    assert room.verified()["refused"]["reason"] == "reordered"
    assert not room.python_believes()
    getattr(room, signs)()
    room.edit_payload(lambda payload: payload["predicate"]["resources"][0].update(digest="00" * 32))
    assert room.verified()["refused"]["reason"] == "changed"
    assert not room.python_believes()


def test_entries_that_the_signer_reordered_do_not_hold_unless_the_root_says_so(room: Room):
    room.limpide_signs()
    room.sign_payload(lambda payload: payload["predicate"]["resources"].reverse())
    assert "reordered" in room.verified()["refused"]["sentence"]
    assert room.verified()["refused"]["reason"] == "manifest"
    assert not room.python_believes()
    # What openssl signs is believed at all.
    room.limpide_signs()
    room.sign_payload(lambda payload: None)
    assert room.verified()["verified"] and room.python_believes()


def test_ignored_paths_are_listed_and_may_change(room: Room):
    room.write("notes/a.txt", "1")
    room.write(".gitattributes", "*.bin filter=lfs\n")
    # The package takes them from where it runs.
    room.python_signs("ada", "--ignore-paths", "tiny/notes")
    covered = set(room.verified()["coverage"]["covered"])
    room.limpide_signs("ada", "--ignore", "notes")
    found = room.verified()
    assert set(found["coverage"]["covered"]) == covered == set(FILES)
    uncovered = {one["path"]: one["why"] for one in found["coverage"]["uncovered"]}
    assert uncovered == {"notes/a.txt": "signer", ".gitattributes": "signer"}
    room.write("notes/b.txt", "2")
    room.write("notes/a.txt", "3")
    assert room.verified()["verified"] and room.python_believes()
    text = room.limpide("verify", "tiny", "--key", "ada.pem", "--signature", "model.sig").stdout
    assert "notes: the signer left it out, 2 files here" in text
    # Who verifies may leave out more, and is told so.
    room.write("a.txt", "changed")
    assert not room.verified()["verified"]
    left_out = room.verified("--ignore", "a.txt")
    assert left_out["verified"]
    assert {"path": "a.txt", "why": "reader"} in left_out["coverage"]["uncovered"]


def test_the_signature_in_the_folder_does_not_cover_itself(room: Room):
    room.limpide("sign", "tiny", "--key", "ada.key")
    found = json.loads(room.limpide("verify", "tiny", "--key", "ada.pem", "--format", "json").stdout)
    assert found["coverage"]["uncovered"] == [{"path": "model.sig", "why": "signature"}]
    room.python("verify", "key", "--public_key", "ada.pem", "--signature", "tiny/model.sig", "tiny")
    room.python("sign", "key", "--private_key", "ada.key", "--signature", "tiny/model.sig", "tiny")
    room.limpide("verify", "tiny", "--key", "ada.pem")


def test_links_are_refused_unless_they_were_followed(room: Room):
    (room.folder / "elsewhere").write_text("linked")
    (room.model / "link").symlink_to("../elsewhere")
    said = room.limpide("sign", "tiny", "--key", "ada.key", "--output", "model.sig", allowed=(1,))
    assert "`link` is a link to a file; --follow-links" in said.stderr
    room.python("sign", "key", "--private_key", "ada.key", "--signature", "model.sig", "tiny", allowed=(1,))
    room.python_signs("ada", "--allow_symlinks")
    assert "link" in room.verified()["coverage"]["covered"]
    room.limpide_signs("ada", "--follow-links")
    assert room.verified()["verified"] and room.python_believes("ada", "--allow_symlinks")
    # A file that has become a link since, though to the same bytes, is told.
    (room.model / "link").unlink()
    room.limpide_signs()
    (room.folder / "same").write_text(FILES["a.txt"])
    (room.model / "a.txt").unlink()
    (room.model / "a.txt").symlink_to("../same")
    assert room.verified()["coverage"]["not_files"] == ["a.txt"]
    assert not room.python_believes()


def test_pipes_and_links_to_nowhere_are_refused_and_never_opened(room: Room):
    room.limpide_signs()
    os.mkfifo(room.model / "pipe")
    (room.model / "nowhere").symlink_to("not/there")
    (room.model / "folder").symlink_to("a")
    assert room.verified()["coverage"]["not_files"] == ["folder", "nowhere", "pipe"]
    said = room.limpide("sign", "tiny", "--key", "ada.key", "--follow-links", allowed=(1,))
    assert "neither a file nor a folder" in said.stderr


@pytest.fixture
def certified(room: Room) -> Room:
    """A room whose signer has a certificate."""
    room.certificate("root", None, "authority", "P-384")
    room.certificate("between", "root", "authority")
    room.certificate("signer", "between", "signer")
    room.certificate("server", "between", "server")
    room.certificate("other", None, "authority")
    for name in ("signer", "server"):
        chain = (room.folder / f"{name}.crt").read_text() + (room.folder / "between.crt").read_text()
        (room.folder / f"{name}-chain.pem").write_text(chain)
    return room


def python_certifies(room: Room, name: str) -> None:
    room.python(
        "sign", "certificate", "--private_key", f"{name}.key", "--signing_certificate", f"{name}.crt",
        "--certificate_chain", "between.crt", "--signature", "model.sig", "tiny",
    )


def test_limpide_believes_what_python_signed_with_a_certificate(certified: Room):
    python_certifies(certified, "signer")
    found = certified.verified("--roots", "root.crt")
    assert found["signer"]["mode"] == "certificate" and found["signer"]["subject"] == "CN=signer,O=Tests"
    assert sorted(found["coverage"]["covered"]) == sorted(FILES)
    refused = certified.verified("--roots", "other.crt")["refused"]
    assert refused["reason"] == "certificate" and "`CN=between,O=Tests` made" in refused["sentence"]
    assert certified.verified()["refused"]["reason"] == "other-mode"
    certified.write("a.txt", "changed")
    assert certified.verified("--roots", "root.crt")["coverage"]["changed"][0]["path"] == "a.txt"


def test_python_believes_what_limpide_signed_with_a_certificate(certified: Room):
    certified.limpide_signs("signer", "--certificates", "signer-chain.pem")
    words = ("verify", "certificate", "--signature", "model.sig", "--certificate_chain")
    certified.python(*words, "root.crt", "tiny")
    certified.python(*words, "other.crt", "tiny", allowed=(1,))
    assert certified.verified("--roots", "root.crt")["verified"]


def test_a_certificate_for_something_else_does_not_sign(certified: Room):
    python_certifies(certified, "server")
    refused = certified.verified("--roots", "root.crt")["refused"]
    assert "is not for signing" in refused["sentence"]
    certified.python(
        "verify", "certificate", "--signature", "model.sig", "--certificate_chain", "root.crt", "tiny", allowed=(1,)
    )


def test_what_was_signed_without_a_key_is_verified_offline(room: Room):
    # Of the Python package's own tests: the public service signs for nobody who is not signed in.
    (room.folder / "model.sig").write_bytes((SEEDS / "good_sigstore").read_bytes())
    for path in FILES:
        (room.model / path).unlink()
    room.write("signme-1", "signme-1")
    room.write("signme-2", "signme-2")
    who = ("--identity", "stefanb@us.ibm.com", "--issuer", "https://sigstore.verify.ibm.com/oauth2")
    words = ("verify", "tiny", "--signature", "model.sig", "--ignore", "a")
    assert "signed by     stefanb@us.ibm.com" in room.limpide(*words, *who).stdout
    other = room.limpide(*words, "--identity", "eve@hub.example", *who[2:], allowed=(1,)).stdout
    assert "identity mismatch" in other
    room.write("signme-2", "signme-3")
    assert "changed       signme-2" in room.limpide(*words, *who, allowed=(1,)).stdout


def test_a_pipe_or_a_link_in_the_signatures_place_does_no_harm(room: Room):
    os.mkfifo(room.model / "model.sig")
    said = room.limpide("verify", "tiny", "--key", "ada.pem", allowed=(2,))
    assert "the signature `tiny/model.sig` cannot be read" in said.stderr
    (room.model / "model.sig").unlink()
    (room.folder / "precious").write_text("mine")
    (room.model / "model.sig").symlink_to("../precious")
    said = room.limpide("sign", "tiny", "--key", "ada.key", allowed=(1,))
    assert "is a link" in said.stderr and (room.folder / "precious").read_text() == "mine"


def test_what_cannot_be_verified_is_neither_right_nor_wrong(room: Room):
    def said(*words) -> str:
        return room.limpide("verify", *words, allowed=(2,)).stderr

    assert "there is no signature `tiny/model.sig`" in said("tiny", "--key", "ada.pem")
    assert "the key `none.pem` cannot be read" in said("tiny", "--key", "none.pem")
    assert "there is no folder `none`" in said("none", "--key", "ada.pem")
    assert "it holds a ec private key" in said("tiny", "--key", "ada.key")
    assert "there is no certificate in it" in said("tiny", "--roots", "ada.pem")


def test_keys_that_do_not_serve_are_named(room: Room):
    def said(key: str) -> str:
        return room.limpide("sign", "tiny", "--key", key, allowed=(1,)).stderr

    room.run("openssl", "pkcs8", "-topk8", "-in", "ada.key", "-passout", "pass:x", "-out", "locked.key")
    assert "the key is encrypted" in said("locked.key")
    room.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", "hub.key")
    assert "of the kind Ed25519" in said("hub.key")
    room.run("openssl", "ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", "coin.key")
    assert "of the kind secp256k1" in said("coin.key")
    assert "cannot be read" in said("none.key")
    room.run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "ada.key", "-out", "pkcs8.key")
    room.limpide("sign", "tiny", "--key", "pkcs8.key")


def test_a_hub_verifies_what_python_signed_from_the_hashes_that_it_keeps(hub: Hub, ada: Person, room: Room):
    safetensors(room.model / "model.safetensors", 300_000, seed=1)
    for name in ("ada", "eve"):
        room.key(name)
    room.python_signs()
    (room.folder / "model.sig").rename(room.model / "model.sig")
    ada.hf("upload", "ada/tiny", room.model)
    assert signature(hub)["reason"] == "wrong-key", "nobody knows the key"
    assert ada.does(add_key, (room.folder / "eve.pem").read_text()) == 201
    assert signature(hub)["reason"] == "wrong-key"
    assert ada.does(add_key, (room.folder / "ada.pem").read_text()) == 201
    found = signature(hub)
    # The hub adds a file of its own, which the signer left out as a file of git.
    assert found["verified"] and found["user"] == "ada" and not found["whole"]
    assert sorted(found["coverage"]["covered"]) == sorted([*FILES, "model.safetensors"])
    assert [left["path"] for left in found["coverage"]["uncovered"]] == [".gitattributes", "model.sig"]
    ada.hf("upload", "ada/tiny", room.folder / "eve.pem", "extra.pem")
    safetensors(room.model / "model.safetensors", 300_000, seed=2)
    ada.hf("upload", "ada/tiny", room.model / "model.safetensors", "model.safetensors")
    found = signature(hub)
    assert not found["verified"]
    assert found["coverage"]["extra"] == ["extra.pem"]
    assert [changed["path"] for changed in found["coverage"]["changed"]] == ["model.safetensors"]


def signature(hub: Hub, mode: str = "key") -> dict:
    with urllib.request.urlopen(f"{hub.url}/api/models/ada/tiny/signatures") as answer:
        [found] = json.load(answer)
    assert found["path"] == "model.sig" and found["mode"] == mode
    return found


def add_key(pem):
    import hashlib

    from huggingface_hub import HfApi
    from huggingface_hub.utils import build_hf_headers, get_session

    body = {"name": hashlib.sha256(pem.encode()).hexdigest()[:8], "key": pem}
    return get_session().post(f"{HfApi().endpoint}/api/keys", headers=build_hf_headers(), json=body).status_code


@pytest.fixture
def authority(tmp_path) -> Path:
    """The certificate of an authority that a hub may trust; its key lies beside it."""
    room = Room(tmp_path / "authority")
    room.certificate("authority", None, "authority")
    return room.folder / "authority.crt"


@pytest.fixture
def settings(request):
    """The hub of a story that takes an authority trusts it."""
    trusting = "authority" in request.fixturenames
    return {"LIMPIDE_SIGNING_ROOTS": str(request.getfixturevalue("authority"))} if trusting else {}


def test_a_hub_names_whom_an_authority_that_it_trusts_vouches_for(authority: Path, hub: Hub, ada: Person, room: Room):
    for path in authority.parent.glob("authority.*"):
        shutil.copy(path, room.folder)
    room.certificate("signer", "authority", "signer")
    safetensors(room.model / "model.safetensors", 300_000, seed=1)
    room.python(
        "sign", "certificate", "--private_key", "signer.key", "--signing_certificate", "signer.crt",
        "--certificate_chain", "authority.crt", "--signature", "model.sig", "tiny",
    )
    (room.folder / "model.sig").rename(room.model / "model.sig")
    ada.hf("upload", "ada/tiny", room.model)
    found = signature(hub, mode="certificate")
    assert found["verified"] and "user" not in found and "key" not in found
    assert found["signer"]["subject"] == "CN=signer,O=Tests" and found["signer"]["issuer"] == "CN=authority,O=Tests"
    assert "model.safetensors" in found["coverage"]["covered"]
    assert [left["path"] for left in found["coverage"]["uncovered"]] == [".gitattributes", "model.sig"]
    safetensors(room.model / "model.safetensors", 300_000, seed=2)
    ada.hf("upload", "ada/tiny", room.model / "model.safetensors", "model.safetensors")
    found = signature(hub, mode="certificate")
    assert not found["verified"]
    assert [changed["path"] for changed in found["coverage"]["changed"]] == ["model.safetensors"]


def test_a_hub_without_roots_says_that_it_did_not_check(hub: Hub, ada: Person, room: Room):
    room.certificate("authority", None, "authority")
    room.certificate("signer", "authority", "signer")
    room.limpide("sign", "tiny", "--key", "signer.key", "--certificates", "signer.crt")
    ada.hf("upload", "ada/tiny", room.model)
    found = signature(hub, mode="certificate")
    assert found["verified"] is False and found["reason"] == "no-roots"
    assert found["sentence"].startswith("it was not checked: no roots are configured on this hub")


def test_the_log_of_a_hub_is_verified_and_remembered(hub: Hub, ada: Person, room: Room):
    ada.hf("upload", "ada/tiny", room.model)
    wait_for_statements(hub, 2)
    audit = ("verify", "--log", hub.url, "--state", "state.json")
    assert "entries that its checkpoint says" in room.limpide(*audit).stdout
    ada.hf("upload", "ada/tiny", room.model / "a.txt", "another.txt")
    wait_for_statements(hub, 4)
    said = room.limpide(*audit, "--format", "json")
    assert json.loads(said.stdout)["before"] >= 2
    # Somebody else's log, or one that was begun anew.
    state = json.loads((room.folder / "state.json").read_text())
    (room.folder / "state.json").write_text(json.dumps(state | {"key": state["key"].replace("limpide", "other")}))
    assert "The key of the log was" in room.limpide(*audit, allowed=(1,)).stdout
    nobody = room.limpide("verify", "--log", "http://127.0.0.1:9", allowed=(2,))
    assert "127.0.0.1:9" in nobody.stderr


def wait_for_statements(hub: Hub, count: int) -> None:
    """Until the hub has signed so many statements."""
    for _ in range(300):
        with urllib.request.urlopen(f"{hub.url}/api/log/entries") as answer:
            if len(json.load(answer)) >= count:
                return
        time.sleep(0.1)
    raise AssertionError(f"the hub has not signed {count} statements")
