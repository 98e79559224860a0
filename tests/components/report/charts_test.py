"""Charts as they stand on the page."""

import altair
import pytest
from altair.utils import schemapi

from components.report import charts


def _chart(name: str = "a") -> altair.Chart:
    rows = [{"name": name, "x": 1, "y": 2}]
    return altair.Chart(charts.data(rows)).mark_point().encode(x="x:Q", y=altair.Y("name:N"))


def test_a_chart_takes_its_colours_from_the_page():
    drawn = charts.svg(_chart(), "a point")
    assert 'stroke="var(--line)"' in drawn
    assert 'aria-label="a point"' in drawn


def test_texts_of_anyone_are_escaped_and_inert():
    drawn = charts.svg(_chart("<script>\u202e"), 'says "<b>"')
    assert "<script>" not in drawn
    assert "&lt;script&gt;\\u202e" in drawn
    assert 'aria-label="says &#34;&lt;b&gt;&#34;"' in drawn


def test_all_charts_are_as_wide():
    for name in ("a", "a name that takes a lot of room"):
        assert f'viewBox="0 0 {charts.WIDTH} ' in charts.svg(_chart(name), "")


def test_a_chart_that_would_fetch_something_is_refused():
    picture = altair.Chart(charts.data([{"x": 1, "url": "http://a.example/b.png"}]))
    with pytest.raises(ValueError, match="fetches nothing"):
        charts.svg(picture.mark_image().encode(x="x:Q", url="url:N"), "")


def test_a_chart_that_is_none_of_vega_lite_is_refused():
    with pytest.raises(schemapi.SchemaValidationError):
        _chart().encode(x=altair.X("x:Q", scale=altair.Scale(type="no such scale")))
