"""What the page shows of a probe."""

import dataclasses

from components.probe import outcome
from components.report import probe


def test_what_was_tried_stands_in_three_tables(tried):
    facts, agreements, hostile = probe.build(tried.probe).tables
    assert dict(facts.rows) == {
        "loading": "0.5 s",
        "half of 200 calls at batch 1": "1.6 ms",
        "95 in 100": "2.0 ms, at most 10 ms asked for",
        "also called": "attention",
        "requests to warm a server up": "10",
    }
    assert agreements.rows[1] == (
        *("serving_default, batch 32", "the Evaluator", "100", "3.3e-07", "1", "0"),
    )
    assert "of which 0.0001 is allowed" in agreements.caption
    assert hostile.heads == ("Row", "serving_default", "serving_examples")
    assert hostile.rows == (
        ("emoji", "answered", "answered"),
        ("no tf.Example", "–", "refused: InvalidArgumentError: Could not parse example input"),
    )


def test_a_probe_that_came_to_nothing_shows_no_empty_tables():
    broken = outcome.Outcome((outcome.Finding("load", "It does not load."),), 100, 1e-4)
    section = probe.build(broken)
    assert section.findings == ("It does not load.",)
    assert section.tables == ()


def test_signatures_that_were_not_called_are_named(tried):
    found = dataclasses.replace(tried.probe, not_called=("look",))
    assert ("not called, inputs unknown", "look") in probe.build(found).tables[0].rows
