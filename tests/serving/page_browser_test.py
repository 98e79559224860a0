"""The page in a real browser: every task's view, errors, keys alone, light and dark, all widths."""

import contextlib
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from serving import servable, server
from tests import browser as browser_lib
from tests.serving import task_models, tiny

_TASKS = ("classification", "question_answering", "translation", "language_model", "plain")
_FURTHER = ("pair", "multi_label", "regression", "masked_language_model")
_OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"
# What is wider than its place, other than what scrolls by itself.
_CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, li, dl, label, button, .token')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
    .filter(e => getComputedStyle(e).display !== 'inline' && !e.classList.contains('hidden'))
    .map(e => e.outerHTML.slice(0, 120))"""
_HOSTILE = '<img src=x onerror="alert(1)">\u202e!!! <script>alert(2)</script>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browser_lib.started() as started:
        yield started


@pytest.fixture(scope="module")
def serving(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Server]:
    """A server of a model of each task, and of one that cannot be loaded."""
    directory = tmp_path_factory.mktemp("tasks")
    for name in (*_TASKS, *_FURTHER):
        getattr(task_models, name)().save(directory / name / "3")
    (directory / "torn" / "1").mkdir(parents=True)
    (directory / "torn" / "1" / "saved_model.pb").write_bytes(b"torn")
    names = (*_TASKS, *_FURTHER, "torn")
    models = [{"name": name, "base_path": str(directory / name)} for name in names]
    with tiny.serving(tiny.settings(directory, models=models), ready=False) as one:
        tiny.wait_for(lambda: all(one.models.is_ready(name) for name in names[:-1]))
        yield one


class _Opened:
    """A page, with what it said and asked for meanwhile."""

    def __init__(self, browser: Any, port: int, size: int, scheme: str, model: str) -> None:
        self.host = f"http://127.0.0.1:{port}/"
        viewport = {"width": size, "height": 900}
        self.page = browser.new_page(viewport=viewport, color_scheme=scheme)
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{self.host}#model={model}")

    def find(self, selector: str, **further: Any) -> Any:
        return self.page.locator(selector, **further)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    def fill(self, *texts: str) -> None:
        """Writes into the fields, and waits for the answer."""
        for index, text in enumerate(texts):
            self.find("#form .field textarea, #form .field input").nth(index).fill(text)
        self.find("#cost:not(:empty)").wait_for()
        self.find("#answer[aria-busy=false]").wait_for()

    def check(self) -> None:
        """Nothing was said on the console, and nobody else was asked for anything."""
        assert self.said == []
        assert [url for url in self.asked if not url.startswith(self.host)] == []
        assert self.page.evaluate(_OVERFLOW) <= 0
        assert self.page.evaluate(_CUT) == []


@pytest.fixture
def opened(browser: Any, serving: server.Server) -> Iterator[Any]:
    pages = []

    def open_(model: str, size: int = 1280, scheme: str = "light") -> _Opened:
        pages.append(_Opened(browser, serving.port, size, scheme, model))
        return pages[-1]

    yield open_
    for one in pages:
        one.page.close()


_ASKED = {
    "classification": ["a fine film!"],
    "question_answering": ["Who?", "The quick brown fox of Größe " * 3],
    "translation": ["a man on a ladder"],
    "language_model": ["Once"],
    "plain": ["1.5", "[1, 2]", "note"],
    "pair": ["one", "two"],
    "multi_label": ["a big cat ate the fat hen"],
    "regression": ["seven"],
    "masked_language_model": ["a [MASK] of [MASK]"],
}


@pytest.mark.parametrize(("size", "scheme"), [(360, "light"), (768, "dark"), (1440, "light")])
def test_every_view_fits_and_says_nothing_on_the_console(
    opened: Any, size: int, scheme: str
) -> None:
    one = opened("classification", size, scheme)
    for name in _TASKS if size == 768 else _ASKED:
        one.find("#models").select_option(name)
        one.fill(*_ASKED[name])
        if name == "language_model":
            one.find("summary").first.click()
            one.find("button.main").click()
            one.page.get_by_text("the model ended the text").wait_for()
        one.check()


def test_a_label_its_bars_and_its_markup_which_is_none(opened: Any) -> None:
    one = opened("classification")
    one.fill("!!!x")
    assert one.text(".verdict").split("\n") == ["<b>positive</b>", "75.0 %"]
    assert [row.split("\n") for row in one.find(".bars li").all_inner_texts()] == [
        ["negative", "25.0 %"],
        ["<b>positive</b>", "75.0 %"],
    ]
    widths = one.find(".filled").evaluate_all("es => es.map(e => e.style.width)")
    assert widths == ["25%", "75%"]
    assert one.text("#said") == "<b>positive</b>, 75.0 %"
    assert re.fullmatch(r"Answered in [\d.]+ ms", one.text("#cost"))
    assert one.text("#about") == "classification · version 3"


def test_text_is_never_markup(opened: Any) -> None:
    texts_of = {"classification": [_HOSTILE], "question_answering": ["w" * 60, _HOSTILE]}
    for name, texts in texts_of.items():
        one = opened(name)
        one.fill(*texts)
        assert one.find("main img, main script").count() == 0
        one.check()
    assert one.text(".context") == _HOSTILE


def test_only_the_last_answer_is_shown(opened: Any) -> None:
    one = opened("regression")
    one.fill("xxxx")
    held: list[Any] = []
    one.page.route("**/*:predict", lambda route: held.append(route))
    for count, text in enumerate(("early", "late"), 1):
        one.find("#form textarea").fill(text)
        while len(held) < count:
            one.page.wait_for_timeout(20)
    for route, value in ((held[1], 2.0), (held[0], 1.0)):  # the later one is answered first
        outputs = {"targets": [["one"]], "values": [[value]]}
        with contextlib.suppress(Exception):  # the page has given the earlier one up
            route.fulfill(json={"outputs": outputs})
        one.page.wait_for_timeout(100)
    assert one.find(".facts dd").all_inner_texts() == ["2"]


def test_one_request_for_many_keys(opened: Any) -> None:
    one = opened("regression")
    one.find("#form textarea").press_sequentially("seventeen letters", delay=5)
    one.find(".facts dd", has_text="17").wait_for()
    assert one.find(".facts dd").all_inner_texts() == ["17", "34"]
    assert sum(url.endswith(":predict") for url in one.asked) < 4


def test_attention_of_a_head_by_the_keyboard_alone(opened: Any) -> None:
    one = opened("classification")
    one.fill("a fine film")
    one.find(".cells").wait_for()
    assert one.find("#weights .token .piece").all_inner_texts() == [
        *("[CLS]", "a", "fine", "film", "[SEP]")
    ]
    assert all(text.isdigit() for text in one.find("#weights .id").all_inner_texts())
    one.find("#weights [role=radio][aria-checked=true]").first.focus()
    one.page.keyboard.press("ArrowRight")
    one.page.keyboard.press("ArrowRight")
    # The mean of parts 0, 0.3, 0.6 and 1 that go to the first token.
    assert one.text(".cell") == "“fine” gathers most, 52.5 %, from “fine”"
    one.page.keyboard.press("Tab")  # to the heads, the mean of which is chosen
    one.page.keyboard.press("End")
    assert one.text("figcaption").startswith("Layer 2, head 2")
    assert one.text(".cell") == "“fine” gathers most, 100.0 %, from “[CLS]”"
    one.page.keyboard.press("Tab")  # to the map
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("ArrowRight")
    assert one.text(".cell") == "“a” gathers 0.0 %, from “a”"
    assert one.find(".cells canvas").evaluate("e => [e.width, e.height]") == [5, 5]


def test_a_model_without_attention_has_tokens_and_their_ids(opened: Any) -> None:
    one = opened("regression")
    one.fill("a fine film")
    one.find("#weights .token").first.wait_for()
    assert one.text("#attended") == "Tokens"
    assert one.text("#weights .hint") == "5 tokens."
    assert one.find("#weights .token .piece").all_inner_texts() == [
        *("[CLS]", "a", "fine", "film", "[SEP]")
    ]
    assert all(text.isdigit() for text in one.find("#weights .id").all_inner_texts())
    assert one.find("#weights .cells, #weights [role=radio]").count() == 0


def test_what_a_language_model_reads_has_attention(opened: Any) -> None:
    one = opened("language_model")
    one.fill("Once upon")
    one.find(".cells").wait_for()
    assert one.find("#weights .rows").all_inner_texts() == ["[CLS]\nOnce\nupon\n[SEP]"]


def test_fields_of_a_pair_have_names_for_people(opened: Any) -> None:
    one = opened("pair")
    one.fill("one", "two")
    assert one.find("#form label").all_inner_texts() == ["First text", "Second text"]
    assert one.text(".verdict").split("\n") == ["yes", "90.0 %"]


def test_the_answer_is_marked_where_it_stands(opened: Any) -> None:
    one = opened("question_answering")
    one.fill("12345", "🎬Größe of it")
    assert one.text("mark") == "Größe"
    assert one.text(".context") == "🎬Größe of it"


def test_cross_attention_has_two_sides(opened: Any) -> None:
    one = opened("translation")
    one.fill("a man")
    one.find(".cells").wait_for()
    assert one.text(".written") == "A MAN"
    assert one.find(".rows").all_inner_texts() == ["A\nMAN\n[SEP]"]
    assert one.find(".columns").all_inner_texts()[0].split() == ["[CLS]", "a", "man", "[SEP]"]
    assert one.text(".cell") == "“A” gathers most, 100.0 %, from “[CLS]”"


def test_many_labels_are_put_in_order_and_masks_are_filled(opened: Any) -> None:
    one = opened("multi_label")
    one.fill("aab")
    assert one.find(".bars li .name").all_inner_texts()[:2] == ["has a", "has b"]
    assert one.text("summary") == "2 more"
    assert one.find(".verdict .label").all_inner_texts() == ["has a", "has b"]
    one = opened("masked_language_model")
    one.find("#form button").click()
    one.find("#cost:not(:empty)").wait_for()
    assert one.find("#form textarea").input_value() == "[MASK]"
    assert one.find(".bars .name").all_inner_texts() == ["warm", "##th"]


def test_a_model_of_any_other_make_has_a_field_for_each_input(opened: Any) -> None:
    one = opened("plain")
    one.fill("1.5", "[1, 2.5]", _HOSTILE)
    outputs = zip(
        *(one.find(f".outputs {tag}").all_inner_texts() for tag in ("dt", "pre")), strict=True
    )
    assert dict(outputs) == {"note": _HOSTILE, "sum": "3.5", "twice": "3"}
    one.find("#form textarea").first.fill("[1,")
    one.find("#trouble", has_text="many must be a list of JSON").wait_for()
    one.find("#form textarea").first.fill("[1, 2, 3]")
    one.find("#trouble", has_text="must have shape: [-1,2]").wait_for()


def test_a_text_grows_by_the_keyboard_alone(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = opened("language_model")
    one.find("#form textarea").focus()
    one.page.keyboard.type("Once ")
    seen: list[str] = []
    run = servable.Servable.run

    def late(self, signature, inputs):  # type: ignore[no-untyped-def]
        one_part = run(self, signature, inputs)
        if signature.name == "generate_more":
            seen.append(signature.name)
            tiny.wait_for(lambda: len(seen) < 4 or "go" in seen)
        return one_part

    monkeypatch.setattr(servable.Servable, "run", late)
    one.page.keyboard.press("Control+Enter")
    one.find(".new", has_text="Gr").wait_for()
    assert one.text("button.main") == "Stop"
    seen.append("go")
    one.find(".growing .cost", has_text="the model ended the text; seed").wait_for()
    assert one.text(".growing .written") == f"Once {task_models.SCRIPT}"
    assert one.find(".growing .token").count() == 28
    assert one.text("button.main") == "Write on"
    assert one.text("#said") == task_models.SCRIPT
    one.check()


def test_a_wish_that_is_none_is_told_at_its_field(opened: Any) -> None:
    one = opened("language_model")
    one.find("summary").first.click()
    one.find("#temperature").fill("-1")
    one.find("button.main").click()
    assert one.find("#temperature").evaluate("e => document.activeElement === e")
    assert not any(url.endswith(":generate_stream") for url in one.asked)


def test_an_error_is_told_in_the_servers_words_and_goes_when_it_is_mended(opened: Any) -> None:
    one = opened("classification", 390)
    busy = {"status": 429, "body": '{"error": "Full <b>"}'}
    one.page.route("**/*:predict", lambda route: route.fulfill(**busy))
    one.find("#form textarea").fill("a")
    one.find("#trouble").wait_for()
    assert one.text("#trouble").split("\n") == ["Busy", "Full <b>"]
    assert one.page.evaluate(_OVERFLOW) <= 0
    one.page.unroute("**/*:predict")
    one.fill("ab")
    assert not one.find("#trouble").is_visible()


def test_a_server_that_is_gone_is_asked_again(opened: Any) -> None:
    one = opened("classification")
    one.page.route(re.compile("/(v1|page/models)"), lambda route: route.abort())
    one.find("#form textarea").fill("!!!x")
    one.find("#trouble", has_text="The server does not answer").wait_for()
    one.page.unroute_all()
    one.find(".verdict").wait_for()  # what was written is still there, and so is the caret
    assert one.find("#form textarea").input_value() == "!!!x"
    assert not one.find("#trouble").is_visible()


def test_a_model_that_cannot_be_loaded_tells_why(opened: Any) -> None:
    one = opened("torn")
    one.find("#trouble").wait_for()
    assert one.text("#trouble").startswith("Not ready")
    assert not one.find("#ask").is_visible()
    assert "not available" in one.text("#about")


def test_a_key_is_asked_for_and_kept_and_a_new_version_is_found(
    browser: Any, serving: server.Server, tmp_path: pathlib.Path
) -> None:
    task_models.regression().save(tmp_path / "5")
    with tiny.serving(tiny.settings(tmp_path, api_key="secret")) as one:
        opened = _Opened(browser, one.port, 800, "dark", tiny.NAME)
        opened.find("#secret").fill("wrong")
        opened.page.keyboard.press("Enter")
        opened.find("#trouble", has_text="A valid API key must be shown").wait_for()
        opened.find("#secret").fill("secret")
        opened.page.keyboard.press("Enter")
        opened.fill("seven")
        assert opened.find(".facts dd").all_inner_texts() == ["5", "10"]
        opened.page.reload()
        opened.fill("six")
        tiny.put(tmp_path / "5", tmp_path, 6)
        tiny.wait_for(lambda: 5 not in one.models._models[tiny.NAME].available)
        opened.find("#form textarea").fill("eleven")
        opened.find(".facts dd", has_text="12").wait_for()
        assert opened.text("#about").endswith("version 6")
        assert opened.find("#form textarea").evaluate("e => document.activeElement === e")
        opened.page.close()


def test_colours_follow_the_scheme(opened: Any) -> None:
    seen = []
    for scheme in ("light", "dark"):
        one = opened("classification", scheme=scheme)
        one.fill("!!!x")
        style = "(e, name) => getComputedStyle(e)[name]"
        seen.append(
            [
                one.find("body").evaluate(style, "backgroundColor"),
                one.find(".chosen .filled").evaluate(style, "backgroundColor"),
                one.find("textarea").evaluate(style, "color"),
            ]
        )
    assert all(a != b for a, b in zip(*seen, strict=True))
