"""Settings of StatisticsGen as JSON."""

import pydantic
import pytest

from components.statistics import settings


def test_settings_come_back_from_json() -> None:
    given = settings.TextSettings(("title", "text"), "label", {"max_length": 64})
    assert settings.TextSettings.from_json(given.to_json()) == given


def test_settings_without_a_label_come_back_from_json() -> None:
    given = settings.TextSettings()
    assert settings.TextSettings.from_json(given.to_json()) == given


def test_equal_settings_give_the_same_json_whatever_the_order_of_keys() -> None:
    one = settings.TextSettings(tokenizer={"max_length": 64, "lowercase": False})
    other = settings.TextSettings(tokenizer={"lowercase": False, "max_length": 64})
    assert one.to_json() == other.to_json()


def test_the_tokenizer_takes_its_defaults_for_what_is_not_named() -> None:
    config = settings.TextSettings(tokenizer={"max_length": 64}).tokenizer_config
    assert (config.max_length, config.vocabulary_size) == (64, 8000)


def test_an_unknown_field_of_the_tokenizer_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError, match="length"):
        _ = settings.TextSettings(tokenizer={"length": 64}).tokenizer_config
