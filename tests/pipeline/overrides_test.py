import pytest

from pipeline import errors, overrides, strict_yaml


@pytest.mark.parametrize(
    ("text", "keys", "value"),
    [
        ("train.epochs=5", ("train", "epochs"), "5"),
        ("name=a", ("name",), "a"),
        ("train.clip_norm=null", ("train", "clip_norm"), None),
        ("data.labels=[no, yes]", ("data", "labels"), ["no", "yes"]),
        ("evaluate.floor={auc: 0.6}", ("evaluate", "floor"), {"auc": "0.6"}),
        ("data.path=a=b.csv", ("data", "path"), "a=b.csv"),
        (" train . epochs = 5", ("train", "epochs"), "5"),
    ],
)
def test_a_setting_is_a_path_of_keys_and_a_yaml_value(
    text: str, keys: tuple[str, ...], value: object
) -> None:
    assert overrides.parse(text) == overrides.Override(keys, value)


@pytest.mark.parametrize("text", ["train.epochs", "=5", ".epochs=5", "train.=5", "a..b=5", ""])
def test_a_setting_without_key_or_value_is_refused(text: str) -> None:
    with pytest.raises(errors.ConfigError) as caught:
        overrides.parse(text)
    assert str(caught.value) == f"--set: must be `section.key=value`. Received: {text}"


def test_every_setting_that_cannot_be_parsed_is_told() -> None:
    with pytest.raises(errors.ConfigError) as caught:
        overrides.apply(strict_yaml.parse("", "f"), ["a", "b=1", "c=[", "d"])
    assert caught.value.problems == (
        "--set: must be `section.key=value`. Received: a",
        "--set c: is not YAML: expected the node content, but found '<stream end>'",
        "--set: must be `section.key=value`. Received: d",
    )


def test_a_setting_changes_one_key_and_leaves_its_neighbours() -> None:
    document = strict_yaml.parse("train: {epochs: 1, seed: 7}\n", "f")
    changed = overrides.apply(document, ["train.epochs=5", "model.num_heads=2"])
    assert changed.values == {
        "train": {"epochs": "5", "seed": "7"},
        "model": {"num_heads": "2"},
    }
    assert changed.origins["train", "epochs"] == "--set"
    assert changed.origins["train", "seed"] == "f:1"


def test_the_document_itself_is_left_as_it_is() -> None:
    document = strict_yaml.parse("train: {epochs: 1}\n", "f")
    overrides.apply(document, ["train.epochs=5"])
    assert document.values == {"train": {"epochs": "1"}}
    assert document.origins["train", "epochs"] == "f:1"


def test_of_two_settings_for_one_key_the_later_one_holds() -> None:
    changed = overrides.apply(strict_yaml.parse("", "f"), ["a.b=1", "a.b=2"])
    assert changed.values == {"a": {"b": "2"}}


def test_a_whole_section_replaces_the_places_of_its_keys_too() -> None:
    document = strict_yaml.parse("model:\n  num_heads: 4\n", "f")
    changed = overrides.apply(document, ["model={num_heads: 7}"])
    assert changed.values == {"model": {"num_heads": "7"}}
    assert changed.origins == {("model",): "--set"}


def test_a_null_section_can_be_set_into() -> None:
    changed = overrides.apply(strict_yaml.parse("push:\n", "f"), ["push.enabled=false"])
    assert changed.values == {"push": {"enabled": "false"}}


@pytest.mark.parametrize(
    ("written", "settings"),
    [
        ("validate: {drift: error}\n", ["validate.drift.limit=0.3"]),
        ("validate: {drift: {limit: 0.3}}\n", ["validate.drift=error"]),
        ("", ["validate.drift=error", "validate.drift.limit=0.3"]),
        ("", ["validate.drift.limit=0.3", "validate.drift=error"]),
    ],
)
def test_a_level_written_short_and_a_limit_leave_each_other_as_they_are(
    written: str, settings: list[str]
) -> None:
    changed = overrides.apply(strict_yaml.parse(written, "f"), settings)
    assert changed.values == {"validate": {"drift": {"level": "error", "limit": "0.3"}}}


def test_of_a_short_level_and_a_limit_each_is_blamed_on_who_wrote_it() -> None:
    document = strict_yaml.parse("validate: {drift: eror}\n", "f")
    changed = overrides.apply(document, ["validate.drift.limit=0.3"])
    assert changed.origins["validate", "drift"] == "f:1"
    assert changed.origins["validate", "drift", "limit"] == "--set"
