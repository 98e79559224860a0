"""Layouts of graphs: layers, no overlap, paths, few crossings."""

import itertools

import pytest

from pipeline import config as config_lib
from pipeline import graph
from pipeline.lineage.site import layout

_SETTINGS = [
    [],
    ["rivals=[linear,cnn,lstm]"],
    ["rivals=[linear,cnn]", "trial.seeds=3", "evaluate.folds=3", "tune={}"],
]


def _edge(source: str, target: str, output: str = "o") -> layout.Edge:
    return layout.Edge(source, output, target)


def _nodes(names: str) -> tuple[layout.Node, ...]:
    return tuple(layout.Node(name, ("o",)) for name in names)


def _layers(placed: layout.Layout) -> list[set[str]]:
    by_x: dict[float, set[str]] = {}
    for id_, box in placed.boxes.items():
        by_x.setdefault(box.x, set()).add(id_)
    return [by_x[x] for x in sorted(by_x)]


def _of_config(settings: list[str]) -> tuple[tuple[layout.Node, ...], tuple[layout.Edge, ...]]:
    nodes = graph.nodes(config_lib.from_columns("a.csv", "text", "label", settings))
    taken = {(source, key): None for node in nodes for source, key in node.inputs}
    made = tuple(
        layout.Node(node.id, tuple(key for source, key in taken if source == node.id))
        for node in nodes
    )
    edges = {layout.Edge(*of, node.id): None for node in nodes for of in node.inputs}
    return made, tuple(edges)


def test_a_node_stands_behind_all_that_it_takes_from() -> None:
    edges = (_edge("a", "b"), _edge("b", "c"), _edge("a", "c"))
    placed = layout.place(_nodes("abc"), edges)
    assert _layers(placed) == [{"a"}, {"b"}, {"c"}]


def test_what_takes_nothing_stands_right_before_who_takes_of_it() -> None:
    edges = (_edge("a", "b"), _edge("b", "c"), _edge("d", "c"))
    assert _layers(layout.place(_nodes("abdc"), edges)) == [{"a"}, {"b", "d"}, {"c"}]


def test_what_nobody_takes_from_and_takes_nothing_stands_first() -> None:
    assert _layers(layout.place(_nodes("abc"), (_edge("b", "c"),))) == [{"a", "b"}, {"c"}]


@pytest.mark.parametrize("settings", _SETTINGS)
def test_boxes_keep_their_distance_and_edges_keep_out_of_them(settings: list[str]) -> None:
    nodes, edges = _of_config(settings)
    placed = layout.place(nodes, edges)
    for one, other in itertools.combinations(placed.boxes.values(), 2):
        apart = one.x + one.width < other.x or other.x + other.width < one.x
        assert apart or one.y + one.height + 10 < other.y or other.y + other.height + 10 < one.y
    for path in placed.paths.values():
        # Between curves an edge runs straight through a layer, where boxes stand.
        for (left, y), (right, _) in zip(path[1:-1:2], path[2:-1:2], strict=True):
            for box in placed.boxes.values():
                beside = right <= box.x or box.x + box.width <= left
                assert beside or y < box.y or box.y + box.height < y


@pytest.mark.parametrize("settings", _SETTINGS)
def test_all_stands_within_the_drawing(settings: list[str]) -> None:
    placed = layout.place(*_of_config(settings))
    points = [point for path in placed.paths.values() for point in path]
    for box in placed.boxes.values():
        points += [(box.x, box.y), (box.x + box.width, box.y + box.height)]
    assert min(points)[0] == 0
    assert min(y for _, y in points) == 0
    assert all(x <= placed.width and y <= placed.height for x, y in points)


def test_a_path_leads_from_the_line_of_the_output_to_the_head_of_the_taker() -> None:
    nodes = (layout.Node("a", ("first", "second")), layout.Node("b"))
    placed = layout.place(nodes, (_edge("a", "b", "second"),))
    [start, end] = placed.paths[_edge("a", "b", "second")]
    a, b = placed.boxes["a"], placed.boxes["b"]
    assert start == (a.x + a.width, a.y + layout.HEAD + 1.5 * layout.ROW)
    assert end == (b.x, b.y + layout.HEAD / 2)


def test_edges_of_one_output_go_together() -> None:
    edges = (_edge("a", "b"), _edge("b", "c"), _edge("c", "d"), _edge("a", "d"), _edge("a", "c"))
    placed = layout.place(_nodes("abcd"), edges)
    far, near = placed.paths[_edge("a", "d")], placed.paths[_edge("a", "c")]
    assert far[:3] == near[:3]


def test_a_chain_is_a_straight_line() -> None:
    placed = layout.place(_nodes("abc"), (_edge("a", "b"), _edge("b", "c")))
    for path in placed.paths.values():
        assert path[0][1] == pytest.approx(path[-1][1], abs=2)


def test_a_wide_name_has_a_wide_box() -> None:
    nodes = (layout.Node("a"), layout.Node("a_name_that_is_rather_long", ("o",)))
    placed = layout.place(nodes, ())
    assert placed.boxes["a"].width == nodes[1].width >= 26 * 7


def test_an_edge_that_leads_back_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`edges` must lead to later nodes. Received: .*'b'.*'a'"):
        layout.place(_nodes("ab"), (_edge("b", "a"),))


def test_nothing_has_no_size() -> None:
    assert layout.place((), ()) == layout.Layout(0, 0, {}, {})
