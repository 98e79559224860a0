"""Puts what stands in layers in an order in which few links cross."""

import collections
import dataclasses
import itertools
from collections.abc import Mapping, Sequence

# A node by its id, or a bend of all edges of one output: node, output and layer.
Item = str | tuple[str, str, int]
_SWEEPS = 12
_TALLEST = 10_000.0  # pixels: where a link leaves an item is less than a whole place


@dataclasses.dataclass(frozen=True)
class Link:
    """What joins two items of layers that follow each other.

    Attributes:
        source: The left one.
        target: The right one.
        leaves: How far below the upper edge of the left one it begins, in pixels.
        enters: How far below that of the right one it ends.
    """

    source: Item
    target: Item
    leaves: float
    enters: float


def order(layers: Sequence[Sequence[Item]], links: Sequence[Link]) -> list[list[Item]]:
    """Orders each layer by the means of the neighbours' places, to and fro, and keeps the best.

    Neighbours in a layer are then swapped for as long as that saves crossings.
    """
    lefts, rights = collections.defaultdict(list), collections.defaultdict(list)
    for link in links:
        lefts[link.target].append((link.source, link.leaves))
        rights[link.source].append((link.target, link.enters))
    current = best = [list(layer) for layer in layers]
    fewest = crossings(best, links)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        current = _swept(current, lefts if forth else rights, forth)
        number = crossings(current, links)
        if number < fewest:
            best, fewest = current, number
    return _swapped(best, links)


def crossings(layers: Sequence[Sequence[Item]], links: Sequence[Link]) -> int:
    """Counts the pairs of links that cross."""
    place = {item: index for layer in layers for index, item in enumerate(layer)}
    layer_of = {item: at for at, layer in enumerate(layers) for item in layer}
    by_layer = collections.defaultdict(list)
    for link in links:
        ends = (place[link.source], link.leaves), (place[link.target], link.enters)
        by_layer[layer_of[link.source]].append(ends)
    return sum(
        (a < c and b > d) or (a > c and b < d)
        for ends in by_layer.values()
        for (a, b), (c, d) in itertools.combinations(ends, 2)
    )


def _swept(
    layers: Sequence[Sequence[Item]],
    neighbours: Mapping[Item, Sequence[tuple[Item, float]]],
    forth: bool,
) -> list[list[Item]]:
    """Sorts each layer by what stands in the one before it, from the left or from the right."""
    swept = [list(layer) for layer in layers]
    place = {item: float(index) for layer in swept for index, item in enumerate(layer)}
    for layer in swept if forth else reversed(swept):
        means = {
            item: sum(place[other] + beyond / _TALLEST for other, beyond in neighbours[item])
            / len(neighbours[item])
            if neighbours.get(item)
            else place[item]
            for item in layer
        }
        layer.sort(key=lambda item: means[item])
        place.update((item, float(index)) for index, item in enumerate(layer))
    return swept


def _swapped(layers: list[list[Item]], links: Sequence[Link]) -> list[list[Item]]:
    """Swaps neighbours for as long as that saves crossings."""
    fewest, saved = crossings(layers, links), True
    while saved:
        saved = False
        for layer in layers:
            for at in range(len(layer) - 1):
                layer[at : at + 2] = reversed(layer[at : at + 2])
                number = crossings(layers, links)
                if number < fewest:
                    fewest, saved = number, True
                else:
                    layer[at : at + 2] = reversed(layer[at : at + 2])
    return layers
