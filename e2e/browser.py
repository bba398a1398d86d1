"""Chromium as people use it: wide or narrow, light or dark, in either language, with scripts or without.

Whatever a page should never do is kept, and `calm` says that nothing was: errors and warnings in the console (what the
content security policy blocks is one), dialogs, requests to another host, requests that fail or are refused.
"""

import os
import shutil
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response, sync_playwright

from programs import cache

DESKTOP = {"width": 1200, "height": 900}
PHONE = {"width": 390, "height": 844}
WIDTHS = {"desktop": DESKTOP, "phone": PHONE}
THEMES = ["light", "dark"]
LANGUAGES = ["en", "fr"]
# Bytes of a page that travel before anybody reads a word: markup, styles, scripts.
WEIGHT = 100_000
# What axe-core is asked for: WCAG 2.2 up to AA, and what its makers recommend beyond.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules whose answer depends on colours, and those that depend on widths: the rest is asked once.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
OF_WIDTHS = ["target-size", "scrollable-region-focusable"]


@contextmanager
def chromium():
    """Debian's Chromium, without a window, for as long as this lasts."""
    program = os.environ.get("LIMPIDE_CHROMIUM", shutil.which("chromium") or "chromium")
    # Chromium does not fence in its own pages for the root user; `/dev/shm` is small in containers.
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


class Visitor:
    """Somebody before a browser, with cookies of their own and one page."""

    def __init__(self, browser, url: str, *, language="en", theme="light", width="desktop", scripts=True, fenced=True):
        self.url = url
        self.host = urlsplit(url).netloc
        self.faults: list[str] = []
        self.loaded: list[Response] = []
        self.context = browser.new_context(
            base_url=url, locale={"en": "en-GB", "fr": "fr-FR"}[language], color_scheme=theme,
            viewport=WIDTHS[width], java_script_enabled=scripts, bypass_csp=not fenced, reduced_motion="reduce",
        )
        # A style sheet can be tried without building the program again.
        if sheet := os.environ.get("LIMPIDE_TEST_STYLE"):
            self.context.route("**/static/*/style.css", lambda route: route.fulfill(path=sheet, content_type="text/css"))
        self.page: Page = self.context.new_page()
        self._watch()

    def _watch(self):
        page = self.page
        page.on("console", lambda said: self._heard(said))
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("response", lambda response: self.loaded.append(response))
        page.on("requestfailed", lambda request: self._failed(request))
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _heard(self, said):
        # Chromium repeats the status of a page there; `open` looks at it.
        is_status = said.type == "error" and "the server responded with a status of" in said.text
        if said.type in ("error", "warning") and not is_status:
            self.faults.append(f"console: {said.text}")

    def _asked(self, address: str):
        if urlsplit(address).scheme in ("http", "https") and urlsplit(address).netloc != self.host:
            self.faults.append(f"another host: {address}")

    def _failed(self, request):
        # A navigation that becomes a download ends so, and is no fault.
        # And whoever goes on does not wait for the icon.
        is_left = request.is_navigation_request() or request.url.endswith("/icon.svg")
        if not (is_left and "ERR_ABORTED" in (request.failure or "")):
            self.faults.append(f"failed: {request.url} {request.failure}")

    def open(self, address: str, status: int = 200) -> Page:
        """Goes there, where it must answer so."""
        self.loaded.clear()
        answer = self.page.goto(address)
        assert answer.status == status, f"{address} answered {answer.status}"
        self.calm(address, status)
        return self.page

    def calm(self, where: str = "", status: int = 200) -> None:
        """Nothing happened that should not."""
        refused = [
            f"{answer.status}: {answer.url}" for answer in self.loaded
            if answer.status >= 400 and not (answer.status == status and answer.request.is_navigation_request())
        ]
        assert not self.faults and not refused, f"{where or self.page.url}: {self.faults + refused}"

    def weight(self) -> int:
        """The bytes of markup, styles and scripts of the page, as they travelled."""
        counted = [answer for answer in self.loaded if answer.request.resource_type in ("document", "stylesheet", "script")]
        return sum(answer.request.sizes()["responseBodySize"] for answer in counted)

    def overflow(self) -> list[str]:
        """What stands out of the page on the right, when the whole page can be pushed sideways."""
        return self.page.evaluate(WIDER)

    def sign_in(self, name: str, password: str) -> None:
        """By the form."""
        self.open("/login")
        self.page.fill("#username", name)
        self.page.fill("#password", password)
        self.press("main form button")

    def look(self, address: str) -> int:
        """Goes there, whatever it answers."""
        self.loaded.clear()
        return self.page.goto(address).status

    def press(self, what: str, status: int = 200) -> None:
        """Clicks what leads to another page, and waits until it is there."""
        self._leads_on(lambda: self.page.click(what), status)

    def follow_by_key(self, what: str) -> None:
        """Presses Enter on a link."""
        self.page.locator(what).focus()
        self._leads_on(lambda: self.page.keyboard.press("Enter"), 200)

    def _leads_on(self, act, status: int) -> None:
        self.loaded.clear()
        with self.page.expect_navigation() as navigation:
            act()
        answered = navigation.value.status
        assert answered == status, f"{self.page.url} answered {answered}"
        self.calm(status=status)

    def headers(self) -> dict[str, str]:
        """What the browser was told beside the page."""
        return [answer for answer in self.loaded if answer.request.is_navigation_request()][-1].headers

    def tab(self) -> dict:
        """Presses the tab key; gives where the focus went."""
        self.page.keyboard.press("Tab")
        return self.focus()

    def focus(self) -> dict:
        return self.page.evaluate(FOCUS)

    def colours(self) -> dict[str, bool]:
        """Whether letters are dark and the ground is light."""
        return self.page.evaluate(COLOURS)

    def unharmed(self, where: str) -> None:
        """No word of the page became markup that acts, and nothing happened."""
        assert self.page.evaluate(ACTS) == [], where
        assert not self.faults, f"{where}: {self.faults}"

    def lured_into(self, action: str) -> int:
        """The status that a form of another site meets, which sends itself here."""
        form = f"<form method=post action='{self.url}{action}'></form><script>document.forms[0].submit()</script>"
        with self._elsewhere(form) as page:
            with page.expect_response(f"{self.url}{action}") as answer:
                page.goto("http://elsewhere.example/")
            return answer.value.status

    def framed(self, address: str) -> str:
        """Where a frame of another site is that was to show this page."""
        with self._elsewhere(f"<iframe src='{self.url}{address}'></iframe>") as page:
            page.goto("http://elsewhere.example/")
            return page.frames[1].url

    @contextmanager
    def _elsewhere(self, body: str):
        """A page of another site in the same browser, with the same cookies. It is answered here: nothing leaves."""
        page = self.context.new_page()
        page.route("http://elsewhere.example/", lambda route: route.fulfill(body=body, content_type="text/html"))
        yield page
        page.close()

    def axe(self, rules: list[str] | None = None) -> list[str]:
        """What axe-core finds wrong with the page; all of its rules, or these."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text())
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": STANDARDS}
        found = self.page.evaluate("only => axe.run({runOnly: only, resultTypes: ['violations']})", only)
        return [f"{told['id']}: {node['target']} {node['failureSummary']}" for told in found["violations"] for node in told["nodes"]]

    def leave(self) -> None:
        self.context.close()


AXE = cache() / "node/node_modules/axe-core/axe.min.js"

# Where the focus is, and whether it can be seen.
FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at)
  return {
    tag: at.tagName.toLowerCase(), id: at.id, name: at.getAttribute('name'), href: at.getAttribute('href'),
    inside: at.closest('header.site, main, footer.site')?.tagName.toLowerCase(),
    outline: style.outlineStyle === 'none' ? 'none' : style.outlineWidth,
  }
}"""

COLOURS = """() => {
  const light = colour => colour.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765
  const style = getComputedStyle(document.documentElement)
  return {ink: light(style.color) < 0.3, paper: light(style.backgroundColor) > 0.9}
}"""

# Markup that acts: scripts in the page, handlers, addresses that are programs, foreign frames and pictures.
ACTS = """() => [...document.querySelectorAll('*')].filter(each =>
  each.tagName === 'SCRIPT' && !new URL(each.src || 'x:', location).pathname.startsWith('/static/')
  || ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE'].includes(each.tagName)
  || [...each.attributes].some(({name, value}) => name.startsWith('on')
    || ['href', 'src', 'action', 'formaction'].includes(name) && /^\\s*(javascript|data|vbscript):/i.test(value))
).map(each => each.outerHTML.slice(0, 200))"""

# The page is as wide as its window, whatever is in it; what scrolls does so in a box of its own.
WIDER = """() => {
  const wide = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= wide) return []
  const out = [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > wide + 1)
  return [`the page is ${document.documentElement.scrollWidth} wide`, ...out.slice(0, 5).map(each => each.outerHTML.slice(0, 120))]
}"""
