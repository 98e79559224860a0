import subprocess
import sys

import pytest

from components.trial import config
from pipeline import config as config_lib
from pipeline import errors

_KEEP = "data.keep={ratings: text}"


def _made(*overrides):
    return config_lib.from_columns("a.csv", overrides=overrides)


def test_defaults():
    assert _made().trial == config.TrialConfig(
        policy="advise",
        tolerance=0.01,
        alpha=0.05,
        price_per_core_hour=0.05,
        seeds=1,
        bootstrap=10_000,
        ratings=None,
        measure_seconds=60.0,
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["trial.polcy=best"], "`trial.polcy` is not a known key. Did you mean `trial.policy`?"),
        (["trial.policy=worst"], "`trial.policy` must be one of"),
        (["trial.tolerance=-0.1"], "`trial.tolerance` must be at least 0. Received: -0.1"),
        (["trial.alpha=0.5"], "`trial.alpha` must be below 0.5. Received: 0.5"),
        (["trial.bootstrap=10"], "`trial.bootstrap` must be at least 100. Received: 10"),
        (["trial.seeds=2"], "`trial.seeds` must be left out without `rivals`. Received: 2"),
        (
            ["trial.ratings=ratings"],
            "`trial.ratings` must be a column that `data.keep` has as text. Received: ratings",
        ),
        (
            ["data.label_separator=;", _KEEP, "trial.ratings=ratings"],
            "`trial.ratings` must be left out but for classification with one label",
        ),
        (
            ["task=masked_language_model", _KEEP, "trial.ratings=ratings"],
            "`trial.ratings` must be left out but for",
        ),
    ],
)
def test_what_is_wrong_is_named(settings, message):
    with pytest.raises(errors.ConfigError) as raised:
        _made(*settings)
    assert message in str(raised.value)


def test_ratings_are_taken_of_what_is_kept():
    assert _made(_KEEP, "trial.ratings=ratings").trial.ratings == "ratings"


def test_reading_a_config_imports_no_tensorflow():
    script = (
        "import sys; from components.trial import config, settings; from pipeline import graph; "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
