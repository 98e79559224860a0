"""Lays out a graph in layers from left to right, so that edges are short and seldom cross.

The way of Sugiyama, Tagawa and Toda 1981 (doi:10.1109/TSMC.1981.4308636): each node has a layer, an
edge over several layers bends once in each of those between, layers are put in an order of few
crossings (`ordering.py`), and then all moves as near to its neighbours as that order lets it. All
edges of one output share their bends, as what goes to many is one thing.
"""

import collections
import dataclasses
import functools
from collections.abc import Mapping, Sequence

from pipeline.lineage.site import ordering

# In pixels, of text of 12 and 11 pixels; a letter is wider than the average of any usual font.
HEAD, ROW, FOOT = 42, 18, 6
_LETTER, _SMALL_LETTER, _BESIDE, _BESIDE_SMALL = 7.3, 6.5, 34, 28
_MIN_WIDTH = 96
_CHANNEL = 40  # between layers, for curves
_GAP, _BEND_GAP, _BEND = 18, 12, 2
_SWEEPS = 16


@dataclasses.dataclass(frozen=True)
class Node:
    """A node.

    Attributes:
        id: Its id.
        outputs: What it puts out, each a line of its box.
    """

    id: str
    outputs: tuple[str, ...] = ()

    @property
    def width(self) -> float:
        """The width that its texts need."""
        head = _LETTER * len(self.id) + _BESIDE
        rows = [_SMALL_LETTER * len(output) + _BESIDE_SMALL for output in self.outputs]
        return round(max(head, *rows, _MIN_WIDTH))

    @property
    def height(self) -> float:
        """The height of all its lines."""
        return HEAD + ROW * len(self.outputs) + FOOT

    def port(self, output: str) -> float:
        """Tells how far below its upper edge an output leaves it."""
        return HEAD + ROW * (self.outputs.index(output) + 0.5)


@dataclasses.dataclass(frozen=True)
class Edge:
    """What one node takes of another."""

    source: str
    output: str
    target: str


@dataclasses.dataclass(frozen=True)
class Box:
    """Where a node stands; in pixels, from the upper left."""

    x: float
    y: float
    width: float
    height: float


Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Layout:
    """Where everything stands.

    Attributes:
        width: Of all of it.
        height: Of all of it.
        boxes: Id of a node to its box.
        paths: The points of each edge. From the first to the second goes a curve, from there to
            the third a straight line through a layer, and so on in turn; the last is a curve's end.
    """

    width: float
    height: float
    boxes: Mapping[str, Box]
    paths: Mapping[Edge, tuple[Point, ...]]


@functools.lru_cache(maxsize=64)  # most runs of a pipeline have the same graph
def place(nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> Layout:
    """Lays out a graph.

    Args:
        nodes: Each after those that it takes something from.
        edges: Each once.

    Raises:
        ValueError: If an edge leads back, or to no node.
    """
    place_of = {node.id: index for index, node in enumerate(nodes)}
    for edge in edges:
        if not place_of.get(edge.source, len(nodes)) < place_of.get(edge.target, -1):
            raise ValueError(f"`edges` must lead to later nodes. Received: {edge}")
    if not nodes:
        return Layout(0, 0, {}, {})
    layer_of = _layers(nodes, edges)
    by_id = {node.id: node for node in nodes}
    items, links, routes = _items(by_id, layer_of, edges)
    layers = ordering.order(items, links)
    tops = _tops(layers, links, by_id)
    lefts, widths = _columns(by_id, layer_of)
    boxes = {
        node.id: Box(
            lefts[layer_of[node.id]], tops[node.id], widths[layer_of[node.id]], node.height
        )
        for node in nodes
    }
    paths = {
        edge: _path(boxes, by_id[edge.source], edge, route, tops, (lefts, widths))
        for edge, route in routes.items()
    }
    height = max(box.y + box.height for box in boxes.values())
    bends = [y for path in paths.values() for _, y in path]
    return Layout(lefts[-1] + widths[-1], max([height, *bends]), boxes, paths)


def _layers(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, int]:
    """Puts each node behind all that it takes from; one that takes nothing, right before its first
    taker, for short edges.
    """
    sources: dict[str, list[str]] = collections.defaultdict(list)
    targets: dict[str, list[str]] = collections.defaultdict(list)
    for edge in edges:
        sources[edge.target].append(edge.source)
        targets[edge.source].append(edge.target)
    found: dict[str, int] = {}
    for node in nodes:
        found[node.id] = max((found[source] + 1 for source in sources[node.id]), default=0)
    for node in nodes:
        if not sources[node.id] and targets[node.id]:
            found[node.id] = min(found[target] for target in targets[node.id]) - 1
    return found


def _items(
    nodes: Mapping[str, Node], layer_of: Mapping[str, int], edges: Sequence[Edge]
) -> tuple[list[list[ordering.Item]], list[ordering.Link], dict[Edge, list[ordering.Item]]]:
    """Lists what stands in each layer, nodes and bends; what links them; and the bends of edges."""
    layers: list[list[ordering.Item]] = [[] for _ in range(max(layer_of.values()) + 1)]
    by_output: dict[tuple[str, str], list[Edge]] = collections.defaultdict(list)
    for edge in edges:
        by_output[edge.source, edge.output].append(edge)
    for node in nodes.values():
        layers[layer_of[node.id]].append(node.id)
    links: list[ordering.Link] = []
    routes: dict[Edge, list[ordering.Item]] = {}
    for (source, output), of in by_output.items():
        first, last = layer_of[source], max(layer_of[edge.target] for edge in of)
        bends: list[ordering.Item] = [(source, output, at) for at in range(first + 1, last)]
        for at, bend in enumerate(bends, first + 1):
            layers[at].append(bend)
        port = nodes[source].port(output)
        links.extend(
            ordering.Link(before, after, port if before == source else 0, 0)
            for before, after in zip([source, *bends], bends, strict=False)
        )
        for edge in of:
            routes[edge] = bends[: layer_of[edge.target] - first - 1]
            before = routes[edge][-1] if routes[edge] else source
            links.append(
                ordering.Link(before, edge.target, port if before == source else 0, HEAD / 2)
            )
    return layers, links, routes


def _columns(
    nodes: Mapping[str, Node], layer_of: Mapping[str, int]
) -> tuple[list[float], list[float]]:
    widths = [
        max(node.width for node in nodes.values() if layer_of[node.id] == layer)
        for layer in range(max(layer_of.values()) + 1)
    ]
    lefts = [0.0]
    for width in widths[:-1]:
        lefts.append(lefts[-1] + width + _CHANNEL)
    return lefts, widths


def _tops(
    layers: Sequence[Sequence[ordering.Item]],
    links: Sequence[ordering.Link],
    nodes: Mapping[str, Node],
) -> dict[ordering.Item, float]:
    """Moves everything as near to its neighbours as the order and the gaps let it."""
    neighbours: dict[ordering.Item, list[tuple[ordering.Item, float]]] = {}
    for link in links:
        apart = link.leaves - link.enters
        neighbours.setdefault(link.target, []).append((link.source, apart))
        neighbours.setdefault(link.source, []).append((link.target, -apart))
    tops: dict[ordering.Item, float] = {}
    offsets = [_stack(layer, nodes) for layer in layers]
    for layer, offset in zip(layers, offsets, strict=True):
        tops.update(zip(layer, offset, strict=True))
    for sweep in range(_SWEEPS):
        steps = range(len(layers)) if sweep % 2 == 0 else reversed(range(len(layers)))
        for at in steps:
            wished = [
                _mean(
                    [tops[other] + apart for other, apart in neighbours.get(item, ())], tops[item]
                )
                for item in layers[at]
            ]
            tops.update(zip(layers[at], _apart(wished, offsets[at]), strict=True))
    least = min(tops.values())
    return {item: round(top - least, 1) for item, top in tops.items()}


def _stack(layer: Sequence[ordering.Item], nodes: Mapping[str, Node]) -> list[float]:
    """Lists where items stand that are as near to each other as they may be."""
    offsets, top = [], 0.0
    for index, item in enumerate(layer):
        node = nodes.get(item) if isinstance(item, str) else None
        if index and (node is None or not isinstance(layer[index - 1], str)):
            top += _BEND_GAP - _GAP
        offsets.append(top)
        top += (node.height if node else _BEND) + _GAP
    return offsets


def _apart(wished: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """Places items as near to where they wish as their order and sizes let them.

    Least squares under `top[i + 1] - top[i] >= offsets[i + 1] - offsets[i]`: the pool of adjacent
    violators (Barlow et al. 1972, section 1.2) on what is left once the offsets are taken away.
    """
    pools: list[tuple[float, int]] = []  # of items that touch each other: their mean, their number
    for wish, offset in zip(wished, offsets, strict=True):
        pools.append((wish - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean, count), (last, number) = pools[-2:]
            pools[-2:] = [((mean * count + last * number) / (count + number), count + number)]
    placed = [mean for mean, count in pools for _ in range(count)]
    return [top + offset for top, offset in zip(placed, offsets, strict=True)]


def _path(
    boxes: Mapping[str, Box],
    source: Node,
    edge: Edge,
    route: Sequence[ordering.Item],
    tops: Mapping[ordering.Item, float],
    columns: tuple[list[float], list[float]],
) -> tuple[Point, ...]:
    lefts, widths = columns
    box, target = boxes[edge.source], boxes[edge.target]
    points = [(box.x + box.width, box.y + source.port(edge.output))]
    for bend in route:
        layer = int(bend[-1])
        points.append((lefts[layer], tops[bend]))
        points.append((lefts[layer] + widths[layer], tops[bend]))
    return (*points, (target.x, target.y + HEAD / 2))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
