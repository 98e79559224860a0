"""What StatisticsGen hands to its executor, as one JSON text in an execution property."""

import dataclasses
import json
from typing import Any

from components.transform import config
from schemas import features


@dataclasses.dataclass(frozen=True)
class TextSettings:
    """Which features hold text, and how the tokenizer takes it.

    Attributes:
        text_features: A row's text is the first value of each, joined by line ends.
        label_feature: The feature whose value says what the text is; None where there is none.
        tokenizer: Fields of `TokenizerConfig`.
    """

    text_features: tuple[str, ...] = (features.TEXT,)
    label_feature: str | None = None
    tokenizer: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def tokenizer_config(self) -> config.TokenizerConfig:
        """The tokenizer's fields, typed, with its defaults for what is not named."""
        return config.TokenizerConfig.model_validate(self.tokenizer)

    def to_json(self) -> str:
        """Renders the settings; equal ones give the same text."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "TextSettings":
        """Reads the settings back."""
        values = json.loads(text)
        return cls(**{**values, "text_features": tuple(values["text_features"])})
