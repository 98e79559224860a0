"""What may be written under `validate`."""

import pydantic
import pytest

from components.data_gate import config


def test_defaults_stop_only_what_cannot_be_meant() -> None:
    checks = config.ValidateConfig()
    errors = [name for name in type(checks).model_fields if getattr(checks, name).level == "error"]
    assert errors == ["anomalies", "min_rows", "labels", "leakage"]
    assert not any(getattr(checks, name).level == "off" for name in type(checks).model_fields)


@pytest.mark.parametrize(
    ("written", "level", "limit"),
    [
        ({}, "error", 0.02),
        ({"leakage": "off"}, "off", 0.02),
        ({"leakage": {"level": "warn"}}, "warn", 0.02),
        ({"leakage": {"limit": "0.2"}}, "error", 0.2),
        ({"leakage": {"level": "warn", "limit": 0}}, "warn", 0.0),
    ],
)
def test_what_is_left_out_keeps_the_checks_own_default(
    written: dict[str, object], level: str, limit: float
) -> None:
    leakage = config.ValidateConfig.model_validate(written).leakage
    assert (leakage.level, leakage.limit) == (level, limit)


def test_checks_have_defaults_of_their_own() -> None:
    checks = config.ValidateConfig.model_validate({"skew": {"limit": 0.3}, "min_rows": "warn"})
    assert (checks.skew.level, checks.skew.limit) == ("warn", 0.3)
    assert (checks.min_rows.level, checks.min_rows.limit) == ("warn", 1)


def test_it_is_read_back_from_json() -> None:
    checks = config.ValidateConfig.model_validate({"drift": {"limit": 0.25}, "labels": "off"})
    assert config.ValidateConfig.model_validate_json(checks.model_dump_json()) == checks


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"leakage": "perhaps"}, ("leakage", "level")),
        ({"leakage": {"limit": 1.01}}, ("leakage", "limit")),
        ({"leakage": {"limit": -0.01}}, ("leakage", "limit")),
        ({"leakage": {"limit": "nan"}}, ("leakage", "limit")),
        ({"leakage": {"limits": 0.1}}, ("leakage", "limits")),
        ({"leakage": None}, ("leakage",)),
        ({"min_rows": {"limit": 1.5}}, ("min_rows", "limit")),
        ({"anomalies": {"limit": 1}}, ("anomalies", "limit")),
        ({"leak": "off"}, ("leak",)),
        ("off", ()),
    ],
)
def test_what_is_wrong_is_told_at_its_place(written: object, place: tuple[str, ...]) -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        config.ValidateConfig.model_validate(written)
    assert [error["loc"] for error in caught.value.errors()] == [place]
