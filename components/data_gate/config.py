"""What a user may set about the checks of the data. Imports no TensorFlow."""

from collections.abc import Mapping
from typing import Any, Literal

import pydantic

from trainer import config as trainer_config

Level = Literal["error", "warn", "off"]


class Check(trainer_config.Section):
    """A check without a limit: it holds or it does not.

    Attributes:
        level: `error` stops the run, `warn` is told, `off` is not looked at.
    """

    level: Level


class RowsCheck(Check):
    """A check that counts rows.

    Attributes:
        limit: Rows.
    """

    limit: int = pydantic.Field(ge=0, le=10**12)


class FractionCheck(Check):
    """A check of a share, or of a distance between distributions.

    Attributes:
        limit: 0 to 1. What chance may do to that few rows is allowed above it, see
            `components/data_gate/chance.py`; a share with the limit 0 has no such allowance.
    """

    limit: float = pydantic.Field(ge=0.0, le=1.0)


class ValidateConfig(trainer_config.Section):
    """The checks of the data, in the order in which they are told.

    Each is written `leakage: {level: error, limit: 0.02}`; what is left out keeps its default, and
    `leakage: warn` is short for the level alone. Texts are compared with case and white space
    folded. The limits leave honest data alone: of IMDB's test 0.4 % stands in its train, and of SMS
    split by hash 10 % are duplicates, 18 % near ones, and 7 % of test is nearly like train.

    Attributes:
        anomalies: What departs from the schema.
        min_rows: Rows that each split must have.
        labels: Labels that `data.labels` lacks, and those of eval or test that train lacks.
        label_balance: Share of train's most frequent label.
        near_empty: Share of a split's texts with fewer than 2 letters or digits.
        control_characters: Share of a split's texts with control characters, white space apart.
        duplicates: Share of a split's rows whose text stood in it before.
        near_duplicates: Share of a split's rows nearly like another of it.
        conflicts: Share of a split's rows whose text has another label elsewhere in it.
        leakage: Share of eval's or test's rows whose text stands in train, too.
        near_leakage: Share of eval's or test's rows nearly like one of train.
        truncation: Share of a split's texts longer than `tokenizer.max_length`.
        unknown_tokens: Share of eval's tokens that the vocabulary does not know.
        skew: Distance between train and eval or test, column by column: L-infinity for text such as
            the label, Jensen-Shannon divergence in bits for numbers.
        drift: The same distances between train and the train split of the latest blessed model.
        unigram_drift: Jensen-Shannon divergence in bits between the words of train and those of
            the latest blessed model's train split.
    """

    anomalies: Check = Check(level="error")
    min_rows: RowsCheck = RowsCheck(level="error", limit=1)
    labels: Check = Check(level="error")
    label_balance: FractionCheck = FractionCheck(level="warn", limit=0.95)
    near_empty: FractionCheck = FractionCheck(level="warn", limit=0.01)
    control_characters: FractionCheck = FractionCheck(level="warn", limit=0.01)
    duplicates: FractionCheck = FractionCheck(level="warn", limit=0.1)
    near_duplicates: FractionCheck = FractionCheck(level="warn", limit=0.2)
    conflicts: FractionCheck = FractionCheck(level="warn", limit=0.01)
    leakage: FractionCheck = FractionCheck(level="error", limit=0.02)
    near_leakage: FractionCheck = FractionCheck(level="warn", limit=0.1)
    truncation: FractionCheck = FractionCheck(level="warn", limit=0.1)
    unknown_tokens: FractionCheck = FractionCheck(level="warn", limit=0.1)
    skew: FractionCheck = FractionCheck(level="warn", limit=0.1)
    drift: FractionCheck = FractionCheck(level="warn", limit=0.1)
    unigram_drift: FractionCheck = FractionCheck(level="warn", limit=0.05)

    @pydantic.model_validator(mode="before")
    @classmethod
    def _complete(cls, checks: Any) -> Any:
        """Reads the short form, and gives each check what it leaves out: its own default."""
        if not isinstance(checks, Mapping):
            return checks
        return {
            name: _completed(cls.model_fields.get(name), check) for name, check in checks.items()
        }


def _completed(field: pydantic.fields.FieldInfo | None, check: Any) -> Any:
    if isinstance(check, str):
        check = {"level": check}
    if field is None or not isinstance(check, Mapping):
        return check
    return {**field.default.model_dump(), **check}
