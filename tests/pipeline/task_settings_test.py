"""The config's columns as the task knows them."""

import pytest

from pipeline import config as config_lib
from pipeline import task_settings
from schemas import tasks


def _settings(*overrides: str) -> tasks.Settings:
    return config_lib.from_columns("a.csv", "body", "stars", overrides).task_settings


def test_one_text_and_one_label_get_the_names_that_all_know() -> None:
    assert _settings() == tasks.Settings("classification")


def test_a_pair_of_texts() -> None:
    settings = _settings("data.text=[premise, hypothesis]")
    assert settings == tasks.Settings("classification", texts=("text", "text_pair"))
    data = config_lib.from_columns("a.csv", overrides=["data.text=[premise, hypothesis]"]).data
    assert task_settings.text_columns(data) == {"text": "premise", "text_pair": "hypothesis"}


def test_several_labels() -> None:
    assert _settings("data.label_separator=;").options == {"separator": ";"}


def test_one_number_keeps_its_columns_name_for_people() -> None:
    settings = _settings("task=regression")
    assert (settings.targets, settings.options) == (("label",), {"names": ["stars"]})


def test_several_numbers_keep_their_columns_names() -> None:
    settings = _settings("task=regression", "data.label=[joy, heat]")
    assert (settings.targets, settings.options) == (("joy", "heat"), {"names": ["joy", "heat"]})


@pytest.mark.parametrize(
    ("overrides", "feature"),
    [
        ([], "label"),
        (["data.label_separator='|'"], None),
        (["task=regression"], None),
        (["task=regression", "data.label=[a, b]"], None),
    ],
)
def test_only_labels_of_which_each_row_has_one_are_listed(
    overrides: list[str], feature: str | None
) -> None:
    assert task_settings.listed_label(_settings(*overrides)) == feature


def test_questions_contexts_and_how_long_an_answer_may_be() -> None:
    settings = _settings(
        "task=question_answering",
        "data.text=[question, passage]",
        "data.answer_start=at",
        "data.label_separator='|'",
        "tokenizer.max_answer_tokens=7",
    )
    assert settings == tasks.Settings(
        "question_answering",
        texts=("text", "text_pair"),
        options={"separator": "|", "max_answer_tokens": 7},
    )


def test_how_translations_are_found_is_told_whole() -> None:
    settings = _settings("task=translation", "tokenizer.kind=bytes_bpe", "serve.beam_size=2")
    options = {"units": "bytes_bpe", "beam_size": 2, "length_penalty": 0.6}
    assert settings == tasks.Settings("translation", options=options)
