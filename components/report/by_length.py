"""How hard texts of different lengths are to a language model."""

import altair
import numpy as np

from components.report import charts, contents, parts

_BUCKETS = 10


def build(found: contents.Contents) -> parts.Plot | None:
    """Draws nats a token by length in tokens; None where lengths are all alike.

    Answers of a language model are `(rows, 4)`: nats, tokens, characters, hits.
    """
    given = found.answers.given[found.judged]
    nats, tokens = given[:, 0], given[:, 1]
    edges = np.unique(np.quantile(tokens, np.linspace(0, 1, _BUCKETS + 1)))
    if len(edges) < 3:
        return None
    rows = []
    places = np.clip(np.searchsorted(edges, tokens, side="right") - 1, 0, len(edges) - 2)
    for place in np.unique(places):
        chosen = places == place
        whole = float(tokens[chosen].sum())
        if whole:
            mean = float(tokens[chosen].mean())
            rows.append({"length": mean, "value": float(np.exp(nats[chosen].sum() / whole))})
    base = altair.Chart(charts.data(rows)).encode(
        x=altair.X("length:Q", title="tokens of the text, mean", axis=altair.Axis(grid=False)),
        y=altair.Y("value:Q", title="perplexity", scale=altair.Scale(zero=False)),
    )
    line = base.mark_line(strokeWidth=2, color=charts.shade(0))
    points = base.mark_point(filled=True, opacity=1, size=40, color=charts.shade(0))
    drawn = altair.layer(line, points).properties(height=charts.HEIGHT)
    told = ", ".join(f"{row['value']:.2f} at {row['length']:.0f}" for row in rows)
    caption = "Perplexity by length of the text"
    return parts.Plot(caption, charts.svg(drawn, f"{caption}: {told}"))
