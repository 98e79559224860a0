"""What a reader is told first."""

import dataclasses

from components.report import head
from components.trial import verdict
from tests.components.report import conftest


def test_the_verdict_on_the_transformer_comes_before_that_on_the_model(tried):
    of_trial, of_model = head.banners(tried)
    assert (of_trial.kind, of_trial.says) == ("finding", "A transformer is not warranted")
    assert of_trial.reasons[-1].startswith("linear goes on: linear is the cheapest")
    assert (of_model.kind, of_model.says) == ("passed", "Blessed: linear may serve")


def test_each_decision_has_its_words_and_a_sign_of_its_own(tried):
    told = {}
    for decision in (verdict.WARRANTED, verdict.NOT_WARRANTED, verdict.NOT_DECIDED):
        judged = dataclasses.replace(tried.trial.verdict, decision=decision)
        trial = dataclasses.replace(tried.trial, verdict=judged)
        told[decision] = head.banners(dataclasses.replace(tried, trial=trial))[0]
    assert len({banner.mark for banner in told.values()}) == 3
    assert told[verdict.WARRANTED].says == "A transformer is warranted"
    assert "is not decided" in told[verdict.NOT_DECIDED].says


def test_numbers_are_those_of_the_judged_model(tried):
    facts = {fact.name: fact for fact in head.facts(tried)}
    value = tried.value("linear", "accuracy", "all rows")
    assert facts["accuracy"].value == f"{value.value:.4f}"
    assert "400 test rows" in facts["accuracy"].more
    assert (facts["training"].value, facts["a million predictions"].value) == ("12.0 s", "0.0040")
    assert facts["an answer"].value == "0.20 ms"


def test_without_a_trial_nothing_is_told_of_costs(many_labels):
    assert [fact.name for fact in head.facts(many_labels)] == ["accuracy", "model", "training"]
    [banner] = head.banners(many_labels)
    assert banner.says == "Blessed: transformer may serve"


def test_a_probe_that_failed_keeps_a_blessed_model_back(tried):
    found = dataclasses.replace(tried, probe=conftest.probed("They differ."))
    of_probe, _, of_model = head.banners(found)
    assert (of_probe.kind, of_probe.says) == ("refused", "Probe failed: linear is not served")
    assert of_probe.reasons == ("They differ.",)
    assert of_model.says == "Blessed: linear meets its bounds"


def test_of_many_findings_the_first_are_told(tried):
    many = dataclasses.replace(tried, probe=conftest.probed(*(f"no {i}" for i in range(7))))
    assert head.banners(many)[0].reasons == (*(f"no {i}" for i in range(5)), "2 more below")


def test_without_a_probe_nothing_is_told_of_one(tried):
    assert head.banners(dataclasses.replace(tried, probe=None)) == head.banners(tried)
