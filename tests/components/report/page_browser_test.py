"""The page in a real browser: light and dark, narrow and wide."""

import pathlib

import pytest

from components.report import page
from tests import browser as browser_lib

_SIZES = [(360, 740), (400, 800), (768, 1024), (1400, 900), (1600, 900)]
_OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"
# What is wider than its place, other than what scrolls by itself.
_CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, li, figure, dl, .verdict')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
    .filter(e => getComputedStyle(e).display !== 'inline' && !e.querySelector('.scroll, .heads'))
    .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def browser():
    with browser_lib.started() as started:
        yield started


@pytest.fixture(scope="module")
def pages(searched, many_labels, tmp_path_factory) -> list[pathlib.Path]:
    directory = tmp_path_factory.mktemp("report")
    paths = []
    for name, found in (("tried", searched), ("many", many_labels)):
        paths.append(directory / f"{name}.html")
        paths[-1].write_text(page.render(found), encoding="utf-8")
    return paths


class _Opened:
    """A page with what it said and asked for meanwhile."""

    def __init__(self, browser, path: pathlib.Path, size=(1400, 900), scheme="light"):
        width, height = size
        viewport = {"width": width, "height": height}
        self.page = browser.new_page(viewport=viewport, color_scheme=scheme)
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", _SIZES, ids=lambda size: str(size[0]))
def test_it_fits_says_nothing_on_the_console_and_asks_for_nothing(browser, pages, size, scheme):
    for path in pages:
        opened = _Opened(browser, path, size, scheme)
        assert opened.said == []
        others = [url for url in opened.asked if not url.startswith("data:")]
        assert others == [path.as_uri()]
        assert opened.page.evaluate(_OVERFLOW) <= 0
        assert opened.page.evaluate(_CUT) == []
        opened.page.close()


def test_colours_follow_the_scheme_and_plots_with_them(browser, pages):
    colour = "e => getComputedStyle(document.querySelector(e)).%s"
    seen = []
    for scheme in ("light", "dark"):
        opened = _Opened(browser, pages[0], scheme=scheme)
        seen.append(
            (
                opened.page.evaluate(colour % "backgroundColor", "body"),
                opened.page.evaluate(colour % "fill", ".chart text"),
                opened.page.evaluate(colour % "stroke", '.chart [stroke^="var(--s0)"]'),
            )
        )
        opened.page.close()
    light, dark = seen
    assert all(a != b for a, b in zip(light, dark, strict=True))
    assert "none" not in light


def test_a_head_opens_with_its_tokens_by_the_keyboard(browser, pages):
    opened = _Opened(browser, pages[0])
    link = opened.page.locator(".heads a").first
    large = opened.page.locator(link.get_attribute("href"))
    assert not large.is_visible()
    link.focus()
    opened.page.keyboard.press("Enter")
    assert large.is_visible()
    assert "[CLS]" in large.text_content()
    opened.page.close()


def test_all_plots_are_drawn(browser, pages):
    opened = _Opened(browser, pages[0])
    boxes = "() => [...document.querySelectorAll('.chart')].map(e => e.getBoundingClientRect())"
    drawn = opened.page.evaluate(boxes)
    assert len(drawn) >= 9
    assert all(box["width"] > 200 and box["height"] > 60 for box in drawn)
    opened.page.close()
