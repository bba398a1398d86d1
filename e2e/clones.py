"""What people do who work with the stock `git`."""

from hub import Person
from programs import git, token


def sign_in(person: Person) -> None:
    """What `hf auth login --add-to-git-credential` leaves behind, and `git lfs install`."""
    git(person, "config", "--global", "credential.helper", "store")
    address = person.endpoint.replace("://", f"://hf_user:{token(person)}@")
    (person.folder / ".git-credentials").write_text(address + "\n")
    git(person, "lfs", "install")
    git(person, "config", "--global", "user.name", person.name)
    git(person, "config", "--global", "user.email", f"{person.name}@example.org")


def fsck(person: Person, clone) -> None:
    git(person, "fsck", "--strict", "--no-dangling", folder=clone)


def history(person: Person, clone, revision="HEAD") -> list[str]:
    return git(person, "log", "--format=%s", revision, folder=clone).splitlines()
