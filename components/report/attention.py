"""How the tokens of chosen texts attend to each other, by layer and head; and the positions."""

import dataclasses
from collections.abc import Sequence

import markupsafe
import numpy as np

from components.report import contents, heat_maps, labels

MAX_TOKENS = 32
_MAX_LAYERS, _MAX_HEADS = 12, 12
_MAX_POSITIONS, _MAX_UNITS = 128, 256


@dataclasses.dataclass(frozen=True)
class Head:
    """A head of a layer.

    Attributes:
        anchor: Id of the large map.
        layer: From 1.
        head: From 1.
        small: Its map without names.
        large: Its map with the tokens.
    """

    anchor: str
    layer: int
    head: int
    small: markupsafe.Markup
    large: markupsafe.Markup


@dataclasses.dataclass(frozen=True)
class Sentence:
    """A text, and what its tokens attend to.

    Attributes:
        why: Why it was chosen.
        text: The text.
        anchor: Id of the map of all heads.
        mean: What the heads of the last layer attend to on average.
        layers: Heads by layer.
    """

    why: str
    text: str
    anchor: str
    mean: markupsafe.Markup
    layers: tuple[tuple[Head, ...], ...]


def choose(found: contents.Answers, judged: str) -> dict[int, str]:
    """Chooses rows to look into.

    Of labels the surest right one, the surest wrong one and the least sure; of numbers the one
    nearest to the truth and the one furthest from it; of all else any.

    Returns:
        Number of the row to why.
    """
    words = np.array([len(" ".join(texts).split()) for texts in found.texts])
    # Long enough to have something to attend to, and short enough for a map with names.
    fit = (words >= 6) & (words <= MAX_TOKENS * 2 // 3)
    chosen: dict[int, str] = {}
    for why, order, among in _wanted(found, judged) if fit.any() else ():
        rows = [int(i) for i in np.flatnonzero(among & fit) if int(i) not in chosen]
        if rows:
            chosen[max(rows, key=lambda i: order[i])] = why
    return chosen


def _wanted(found: contents.Answers, judged: str) -> tuple[tuple[str, np.ndarray, np.ndarray], ...]:
    """Lists what is looked for: why, what is to be highest, and among which rows."""
    given = found.given[judged]
    anyone = np.full(len(found.texts), True)
    if found.labels and not labels.has_several(found):
        right, sure = labels.confidence(found, judged)
        return (
            ("that is answered rightly, and surest so", sure, right == 1),
            ("that is answered wrongly, and surest so", sure, right == 0),
            ("that is answered least surely", -sure, anyone),
        )
    if given.shape == found.truths.shape and given.dtype.kind == "f":
        off = np.abs(given - found.truths).sum(axis=1)
        return (
            ("that is answered nearest to the truth", -off, anyone),
            ("that is answered furthest from the truth", off, anyone),
        )
    return (("of the test split", np.zeros(len(anyone)), anyone),)


def build(found: contents.Contents) -> tuple[Sentence, ...]:
    """Draws every sentence that attention is known of."""
    whys = choose(found.answers, found.judged)
    return tuple(
        _sentence(found, number, row, whys.get(row, "of the test split"))
        for number, row in enumerate(found.attention, start=1)
    )


def positions(found: contents.Contents) -> tuple[markupsafe.Markup, str] | None:
    """Draws what tells the model positions, and says what it is; None where nothing does."""
    if found.positions is None:
        return None
    values = found.positions.values[:_MAX_POSITIONS, :_MAX_UNITS]
    scaled = values / max(float(np.abs(values).max()), 1e-12)
    rows, units = values.shape
    what = {
        "sinusoidal": f"sines and cosines that are added to {units} units of each token",
        "learned": f"learned numbers that are added to {units} units of each token",
        "rotary": f"cosines of the angles that {units} pairs of units are turned by",
    }[found.positions.kind]
    label = f"Positions 0 to {rows - 1} from top to bottom, {what}"
    return heat_maps.image(scaled, label), f"{label}. Blue is above 0, orange below"


def _sentence(found: contents.Contents, number: int, row: int, why: str) -> Sentence:
    attention = found.attention[row]
    tokens = attention.tokens[:MAX_TOKENS]
    weights = attention.weights[:_MAX_LAYERS, :_MAX_HEADS, : len(tokens), : len(tokens)]
    last = weights[-1].mean(axis=0)
    label = f"Mean over the heads of the last layer; {_most(last, tokens)}"
    last = last / last.max()  # the strongest colour is the largest weight, whatever that is
    return Sentence(
        why=why,
        text=" / ".join(found.answers.texts[row]),
        anchor=f"attention-{number}",
        mean=heat_maps.named(last, tokens, label),
        layers=tuple(
            tuple(
                _head(weights[layer, head], tokens, number, layer + 1, head + 1)
                for head in range(weights.shape[1])
            )
            for layer in range(weights.shape[0])
        ),
    )


def _head(weights: np.ndarray, tokens: Sequence[str], number: int, layer: int, head: int) -> Head:
    told = f"Layer {layer}, head {head}"
    label = f"{told}; {_most(weights, tokens)}"
    return Head(
        anchor=f"attention-{number}-{layer}-{head}",
        layer=layer,
        head=head,
        small=heat_maps.image(weights / weights.max(), told),
        large=heat_maps.named(weights / weights.max(), tokens, label),
    )


def _most(weights: np.ndarray, tokens: Sequence[str]) -> str:
    """Tells where most of the attention goes."""
    received = weights.mean(axis=0)
    best = int(received.argmax())
    return f"most attention goes to {tokens[best]} ({received[best]:.0%})"
