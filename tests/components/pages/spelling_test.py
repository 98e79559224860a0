"""Texts of anyone, and numbers, as they are shown."""

import markupsafe
import pytest

from components.pages import spelling


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("a\x00b", 'a<span class="unseen">\\x00</span>b'),
        ("a\nb\t", 'a<span class="unseen">\\n</span>b<span class="unseen">\\t</span>'),
        ("\u202eevil", '<span class="unseen">\\u202e</span>evil'),
        ("\x85", '<span class="unseen">\\x85</span>'),
        ("\ud800<", '<span class="unseen">\\ud800</span>&lt;'),
        ("\U000e0041", '<span class="unseen">\\U000e0041</span>'),
        # What is written from right to left stays, and so do the joiners of emoji.
        ("مرحبا", "مرحبا"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_text_is_escaped_and_its_unseen_characters_are_marked(value, shown):
    assert spelling.text(value) == shown


def test_a_long_text_is_cut_and_says_by_how_much():
    shown = spelling.text("x" * 2000, limit=10)
    assert shown == 'xxxxxxxxxx<span class="more">… 1,990 more characters</span>'
    assert spelling.text("x" * 10, limit=10) == "xxxxxxxxxx"


def test_lines_keep_their_ends_alone():
    assert spelling.lines("a: 1\n<b>\x1b\n") == (
        'a: 1\n&lt;b&gt;<span class="unseen">\\x1b</span>\n'
    )


def test_inert_leaves_markup_and_numbers():
    markup = markupsafe.Markup("<b>\n</b>")
    assert spelling.inert(markup) is markup
    assert spelling.inert(3) == 3
    assert spelling.inert("a\u2028\udfffb") == r"a\u2028\udfffb"


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (0.0, "0"),
        (18908, "18,908"),
        (18908.4, "18,908"),
        (1234.56, "1,235"),
        (100.84, "100.8"),
        (5.0, "5"),
        (-0.048123, "-0.04812"),
        (0.00001234, "1.234e-05"),
        (2.5e9, "2.5e+09"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers_have_four_digits(value, spelled):
    assert spelling.number(value) == spelled


@pytest.mark.parametrize(
    ("fraction", "spelled"),
    [
        (0.0, "0"),
        (1.0, "100"),
        (0.00004, "<0.01"),
        (0.0001, "0.01"),
        (0.0064, "0.64"),
        (0.064, "6.4"),
        (0.5, "50.0"),
        (0.9994, "99.9"),
        (0.9999, ">99.9"),
    ],
)
def test_a_share_is_none_or_all_only_when_it_is(fraction, spelled):
    assert spelling.percent(fraction) == f"{spelled}\u00a0%"


def test_plural_counts():
    assert spelling.plural(1, "row") == "1 row"
    assert spelling.plural(18908, "row") == "18,908 rows"
    assert spelling.plural(0, "more", "more") == "0 more"
