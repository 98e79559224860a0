"""The site in a real browser, opened from a file: every view, narrow and wide, light and dark."""

import contextlib
import pathlib
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipeline import config as config_lib
from pipeline import errors, lineage, workspace
from pipeline.lineage.site import scripts, writing
from tests import browser as browser_lib
from tests.pipeline.lineage import stores

_HOSTILE = '</script><img src=x onerror="alert(1)">\u202e\'"`'
_SHOWN = _HOSTILE.replace("\u202e", r"\u202e")
_OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"
# What is wider than its place, other than what scrolls by itself.
_CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, li, dd, dl, label, button, figure')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
    .filter(e => getComputedStyle(e).display !== 'inline' && !e.closest('.hidden, .scroll, .graph'))
    .map(e => e.outerHTML.slice(0, 120))"""
# Texts of the graph that leave their box.
_LEAVE = """() => [...document.querySelectorAll('.graph .node')].flatMap(node => {
    const box = node.querySelector('.box').getBoundingClientRect();
    return [...node.querySelectorAll('text')].filter(text => {
      const {left, right, top, bottom} = text.getBoundingClientRect();
      return left < box.left || right > box.right || top < box.top || bottom > box.bottom;
    }).map(text => text.textContent);
})"""
_SIZES = [(360, "light"), (390, "dark"), (768, "light"), (1280, "dark"), (1600, "light")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browser_lib.started() as started:
        yield started


@pytest.fixture(scope="module")
def site(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The page of six runs, each of another end; the last has names of somebody who means harm."""
    place = workspace.Workspace.at(tmp_path_factory.mktemp("site"), "reviews")
    store = stores.Store(place)
    first = store.run("first", value=0.71, pushed="17")
    store.run("cached", cached=first)
    rivals = config_lib.from_columns("reviews.csv", "review", "stars", ["rivals=[linear,cnn]"])
    store.run("rivals", rivals, value=0.82, pushed="18")
    store.run("worse", value=0.65, blessed=False)
    refused = "the data was refused\nleakage: 3 %"
    store.run("refused", until="DataGate", error=refused, code=errors.ExitStatus.REFUSED)
    store.run(_HOSTILE, until="Trainer", error=f"{_HOSTILE}\n{_HOSTILE}")
    bad = store.artifact(f"T{_HOSTILE}", f"javascript:{_HOSTILE}", {_HOSTILE: _HOSTILE})
    later = stores.STARTED + 5 * 3600 + 60
    store.put(_HOSTILE, f"N{_HOSTILE}", outputs={f"o{_HOSTILE}": [bad]}, started=later)
    report = pathlib.Path(first["Report"]["report"][0].uri)
    report.mkdir(parents=True)
    (report / "index.html").write_text("<title>The report</title>", encoding="utf-8")
    return pathlib.Path(writing.write(place, lineage.read(place)).page)


class _Opened:
    """A page, with what it said and asked for meanwhile."""

    def __init__(self, browser: Any, path: pathlib.Path, size: int, scheme: str, view: str) -> None:
        viewport = {"width": size, "height": 900}
        self.page = browser.new_page(viewport=viewport, color_scheme=scheme)
        self.path, self.said, self.asked = path, [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{path.as_uri()}{view}")
        self.find("h1").wait_for()

    def find(self, selector: str, **further: Any) -> Any:
        return self.page.locator(selector, **further)

    def texts(self, selector: str) -> list[str]:
        return [" ".join(text.split()) for text in self.find(selector).all_inner_texts()]

    def check(self) -> None:
        """It fits, nothing was said on the console, and nothing but its own files was read."""
        assert self.said == []
        root = self.path.parent.as_uri()
        assert [url for url in self.asked if not url.startswith(root)] == []
        assert self.page.evaluate(_OVERFLOW) <= 0
        assert self.page.evaluate(_CUT) == []


@pytest.fixture
def opened(browser: Any, site: pathlib.Path) -> Iterator[Callable[..., _Opened]]:
    with contextlib.ExitStack() as stack:

        def open_(view: str = "", size: int = 1280, scheme: str = "light") -> _Opened:
            one = _Opened(browser, site, size, scheme, view)
            stack.callback(one.page.close)
            return one

        yield open_


def _run(id_: str, **further: str) -> str:
    return "#" + urllib.parse.urlencode({"run": id_, **further})


@pytest.mark.parametrize(("size", "scheme"), _SIZES)
def test_every_view_fits_and_says_nothing_on_the_console(
    opened: Any, size: int, scheme: str
) -> None:
    one = opened("", size, scheme)
    one.check()
    views = [
        _run("rivals", node="Trial"),
        _run("refused"),
        _run(_SHOWN),
        "#compare=first&with=rivals",
    ]
    for view in views:
        one.page.goto(f"{one.path.as_uri()}{view}")
        one.find(".graph, .sides").first.wait_for()
        one.check()
        assert one.page.evaluate(_LEAVE) == []


def test_runs_are_told_apart_by_shape_and_by_word(opened: Any) -> None:
    one = opened()
    shapes = {
        link.get_attribute("aria-label").split(":")[1].split(",")[0].strip(): link.locator(
            ".mark"
        ).get_attribute("d")
        for link in one.find(".chart a").all()
    }
    assert set(shapes) == {"blessed", "not blessed", "refused", "failed"}
    assert len(set(shapes.values())) == 4
    assert one.find(".chart .pushed").count() == 3  # the cached run has pushed what stood there


def test_better_runs_stand_higher(opened: Any) -> None:
    one = opened()
    marks = {
        link.get_attribute("aria-label").split(":")[0]: link.locator(".mark").bounding_box()
        for link in one.find(".chart a").all()
    }
    assert marks["rivals"]["y"] < marks["first"]["y"] < marks["worse"]["y"] < marks["refused"]["y"]
    assert marks["first"]["x"] < marks["rivals"]["x"] < marks["refused"]["x"]


def test_a_point_tells_of_its_run_and_a_click_beside_it_opens_it(opened: Any) -> None:
    one = opened()
    box = one.find(".chart a").nth(2).locator(".mark").bounding_box()
    before = one.find(".runs").bounding_box()
    one.page.mouse.move(box["x"] + 12, box["y"] + 8)
    assert "rivals" in one.texts(".reading")[0]
    assert "accuracy 0.8200" in one.texts(".reading")[0]
    assert one.find(".runs").bounding_box() == before
    one.page.mouse.click(box["x"] + 12, box["y"] + 8)
    one.find(".graph").wait_for()
    assert one.texts("h1")[0].startswith("rivals")


def test_the_keyboard_goes_through_the_points(opened: Any) -> None:
    one = opened()
    one.find('.chart a[tabindex="0"]').focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowLeft"):
        one.page.keyboard.press(key)
    assert one.texts(".reading")[0].startswith("cached")
    one.page.keyboard.press("Enter")
    one.find(".graph").wait_for()
    assert one.texts("h1")[0].startswith("cached")
    assert one.page.evaluate("document.activeElement.tagName") == "H1"


def test_rows_are_sorted_and_what_is_missing_comes_last(opened: Any) -> None:
    one = opened()
    one.find(".runs th button", has_text="accuracy").click()
    assert one.texts(".runs tbody th")[:4] == ["rivals", "cached", "first", "worse"]
    one.find(".runs th button", has_text="accuracy").click()
    assert one.texts(".runs tbody th")[0] == "worse"
    assert one.find('.runs th[aria-sort="ascending"]').count() == 1
    assert one.texts(".runs tbody td.number")[-3] == ""


def test_rows_and_points_are_filtered_together(opened: Any) -> None:
    one = opened()
    one.find("input[type=search]").fill("not blessed")
    assert one.texts(".runs tbody tr:visible th") == ["worse"]
    assert one.find(".chart a:not(.out)").count() == 1
    assert "1 of 6 runs" in one.texts(".bar")[0]
    one.find("input[type=search]").fill("")
    one.find(".kinds button", has_text="refused").click()
    assert "refused" not in one.texts(".runs tbody tr:visible th")
    assert one.find(".runs tbody tr:visible").count() == 5


def test_two_runs_are_chosen_to_be_compared(opened: Any) -> None:
    one = opened()
    for id_ in ("rivals", "worse", "first"):
        one.find(f'input[aria-label="Compare {id_}"]').check()
    assert not one.find('input[aria-label="Compare rivals"]').is_checked()
    one.page.get_by_text("Compare the two chosen").click()
    one.find(".sides").first.wait_for()
    assert one.texts(".sides thead a")[:2] == ["first", "worse"]


def test_an_artifact_of_the_graph_tells_who_made_and_took_it(opened: Any) -> None:
    one = opened(_run("cached"))
    one.find('.graph a[aria-label*="Trainer, model"]').focus()
    one.page.keyboard.press("Enter")
    one.find(".panel", has_text="Made by").wait_for()
    panel = one.texts(".panel")[0]
    assert panel.startswith("Model artifact")
    assert "Made by Trainer in an earlier run, first" in panel
    assert "Put out by Trainer in this run, from the cache" in panel
    assert all(f"{node} as model" in panel for node in ("Evaluator", "Probe", "Report", "Pusher"))
    assert one.find(".graph .edge.on").count() == 4
    one.find(".panel a", has_text="first").click()
    one.find("h1", has_text="first").wait_for()
    assert "Made by Trainer in this run" in one.texts(".panel")[0]
    assert "also in 1 other run cached" in one.texts(".panel")[0]
    assert "Put out by" not in one.texts(".panel")[0]


def test_a_page_among_the_artifacts_opens(opened: Any) -> None:
    one = opened(_run("first"))
    one.find('.graph a[aria-label*="Report, report"]').click()
    one.find(".panel a.code, .panel a .code").click()
    one.page.wait_for_url("**/Report/report/**")
    assert one.page.title() == "The report"


def test_a_run_that_ended_early_says_why_and_what_was_left(opened: Any) -> None:
    one = opened(_run("refused"))
    assert one.texts(".banner") == ["DataGate refused: the data was refused leakage: 3 %"]
    assert one.find('.graph a[aria-label="Trainer: not run"]').count() == 1
    assert one.find(".graph .edge.planned").count() > 5
    rows = one.texts(".nodes tbody tr")
    assert any(row.startswith("DataGate refused 1.0 s") for row in rows)
    assert "Pusher not run" in rows


def _left(one: _Opened, run: str) -> None:
    """Waits until a run stands on the left."""
    one.find(".sides thead th:nth-child(2)", has_text=run).first.wait_for()


def test_side_by_side_shows_what_differs(opened: Any) -> None:
    one = opened("#compare=first&with=rivals")
    rows = one.texts(".sides tr.other")
    assert "accuracy 0.7100 0.8200 +0.1100" in rows
    assert 'rivals [] ["linear", "cnn"] differs' in rows
    assert "Trial – done 1.0 s only right" in rows
    assert "Evaluator done 1.0 s done 1.0 s others: blessing, evaluation" in rows
    assert any("versions are the same" in text for text in one.texts(".note"))
    one.find("a", has_text="Swap").click()
    _left(one, "rivals")
    assert "accuracy 0.8200 0.7100 −0.1100" in one.texts(".sides tr.other")
    one.find("select").first.select_option("cached")
    _left(one, "cached")
    assert "Ingest cached 1.0 s done 1.0 s same artifacts" in one.texts(".sides tr.same")


def test_the_cache_gives_the_same_artifacts(opened: Any) -> None:
    one = opened("#compare=first&with=cached")
    assert "Trainer done 1.0 s cached 1.0 s same artifact" in one.texts(".sides tr.same")
    assert one.texts(".sides tr.other")[0].endswith("later")


def test_what_means_harm_is_shown_as_it_is(opened: Any) -> None:
    one = opened()
    assert _SHOWN in one.texts(".runs tbody th")
    one.find(".runs a", has_text="script").click()
    one.find(".graph").wait_for()
    assert one.texts("h1")[0].startswith(_SHOWN)
    assert one.texts(".banner bdi") == [_SHOWN, _SHOWN]
    one.find(".graph a", has_text=f"o{_SHOWN}").click()
    one.find(".panel h3").wait_for()
    panel = one.texts(".panel")[0]
    assert panel.count(_SHOWN) >= 4
    assert one.find("main img, main script, .panel a[href^=javascript]").count() == 0
    one.check()


@pytest.mark.parametrize("view", [_run("nobody"), "#compare=nobody&with=first"])
def test_a_run_that_is_not_there_is_told(opened: Any, view: str) -> None:
    one = opened(view)
    assert one.texts(".trouble") == ["There is no run nobody on this page."]


def test_a_lost_file_is_told(browser: Any, site: pathlib.Path, tmp_path: pathlib.Path) -> None:
    for path in (p for p in site.parent.rglob("*") if p.is_file() and p.parent.name != "runs"):
        copy = tmp_path / path.relative_to(site.parent)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    one = _Opened(browser, tmp_path / "index.html", 1280, "light", _run("first"))
    assert "`meritline lineage site` writes it anew" in one.texts(".trouble")[0]
    one.page.close()


def test_five_hundred_runs_fit(browser: Any, site: pathlib.Path, tmp_path: pathlib.Path) -> None:
    for path in (p for p in site.parent.rglob("*") if p.is_file() and p.parent.name != "runs"):
        copy = tmp_path / path.relative_to(site.parent)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    found = scripts.read(site.parent / "runs.js")
    [first, *_] = found["runs"]
    found["runs"] = [{**first, "id": f"run {i}", "value": i / 500} for i in range(500)]
    (tmp_path / "runs.js").write_text(scripts.render("told.all", found), encoding="utf-8")
    for size in (390, 1280):
        one = _Opened(browser, tmp_path / "index.html", size, "light", "")
        assert one.find(".runs tbody tr").count() == 500
        assert one.find(".chart a").count() == 500
        one.find("input[type=search]").fill("run 499")
        assert one.find(".runs tbody tr:visible").count() == 1
        one.check()
        one.page.close()
