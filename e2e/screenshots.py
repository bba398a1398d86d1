"""Takes pictures of every page of `example.PAGES` that has a name, and puts them on one sheet. See `scripts/screenshots`."""

import html
import sys
import tempfile
import time
from pathlib import Path

import example
from browser import LANGUAGES, THEMES, WIDTHS, Visitor, chromium
from example import PAGES, PASSWORD
from hub import Hub, servers

# Pages that are shown in every language; the others in English.
IN_EVERY_LANGUAGE = ["home", "models", "join", "model", "files", "openness-contradicted", "safety-malicious", "lineage", "not-found"]


def main(folder: Path, only: list[str]) -> None:
    start = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        hub = Hub(Path(place), servers(Path(place).name) | {"LIMPIDE_OPEN_REGISTRATION": "true"})
        try:
            example.furnish(hub)
            with chromium() as browser:
                taken = [name for language in LANGUAGES for name in take(browser, hub, folder, language, only)]
        finally:
            hub.stop()
    (folder / "index.html").write_text(sheet(sorted(folder.glob("*.png"))))
    print(f"{len(taken)} pictures in {time.monotonic() - start:.0f} s: {folder}/index.html")


def take(browser, hub: Hub, folder: Path, language: str, only: list[str]) -> list[str]:
    """The pictures of one language."""
    pages = [page for page in PAGES if page.shot and (language == "en" or page.shot in IN_EVERY_LANGUAGE)]
    pages = [page for page in pages if not only or page.shot in only]
    taken = []
    for who in dict.fromkeys(page.who for page in pages):
        visitor = Visitor(browser, hub.url, language=language)
        if who != "nobody":
            visitor.sign_in(who, PASSWORD)
        for page in pages:
            if page.who == who:
                visitor.look(page.address)
                taken += [picture(visitor, folder, f"{page.shot}.{language}", theme, width) for theme in THEMES for width in WIDTHS]
        visitor.leave()
    return taken


def picture(visitor: Visitor, folder: Path, name: str, theme: str, width: str) -> str:
    visitor.page.emulate_media(color_scheme=theme)
    visitor.page.set_viewport_size(WIDTHS[width])
    file = f"{name}.{theme}.{width}.png"
    visitor.page.screenshot(path=folder / file, full_page=True)
    return file


def sheet(pictures: list[Path]) -> str:
    """All pictures on one page, those of a page side by side."""
    pages: dict[str, list[str]] = {}
    for file in pictures:
        pages.setdefault(".".join(file.name.split(".")[:2]), []).append(file.name)
    rows = "".join(
        f"<h2>{html.escape(page)}</h2><p>" + "".join(
            f'<a href="{html.escape(name)}"><img src="{html.escape(name)}" alt="{html.escape(name)}" height="420" loading="lazy"></a> '
            for name in names
        ) + "</p>"
        for page, names in pages.items()
    )
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Pages</title><h1>Pages</h1>{rows}</html>'


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
