"""What Jinja makes of texts of anyone."""

import jinja2
import pytest

from components.pages import environment


def test_whatever_is_printed_is_escaped_and_inert():
    made = environment.make("components.data_gate").from_string("{{ text }}")
    assert made.render(text="<b>\u202e") == "&lt;b&gt;\\u202e"


def test_a_missing_value_is_an_error_rather_than_nothing():
    made = environment.make("components.data_gate").from_string("{{ absent }}")
    with pytest.raises(jinja2.UndefinedError):
        made.render()


def test_templates_are_found_beside_the_code_and_the_style_beside_this():
    made = environment.make("components.data_gate")
    assert made.loader.get_source(made, "page.html.jinja")[1].endswith("data_gate/page.html.jinja")
    assert "prefers-color-scheme" in made.get_template("base.css").render()
