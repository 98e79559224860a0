"""The order within layers."""

from pipeline.lineage.site import ordering


def _link(source: str, target: str, leaves: float = 0, enters: float = 0) -> ordering.Link:
    return ordering.Link(source, target, leaves, enters)


def test_links_that_cross_are_counted() -> None:
    links = [_link("a", "y"), _link("b", "x"), _link("b", "y")]
    assert ordering.crossings([["a", "b"], ["x", "y"]], links) == 1
    assert ordering.crossings([["b", "a"], ["x", "y"]], links) == 0


def test_links_of_one_item_cross_by_where_they_leave_it() -> None:
    links = [_link("a", "x", leaves=2), _link("a", "y", leaves=1)]
    assert ordering.crossings([["a"], ["x", "y"]], links) == 1
    assert ordering.crossings([["a"], ["y", "x"]], links) == 0


def test_crossings_that_can_be_saved_are_saved() -> None:
    links = [_link("a", "z"), _link("b", "y"), _link("c", "x")]
    layers = ordering.order([["a", "b", "c"], ["x", "y", "z"]], links)
    assert ordering.crossings(layers, links) == 0


def test_a_swap_saves_what_the_means_do_not() -> None:
    # Without a crossing stand a, c, b; the means move z before y first.
    links = [_link("a", "x"), _link("a", "y"), _link("b", "z"), _link("c", "y")]
    links += [_link("z", "m"), _link("z", "n")]
    layers = ordering.order([["a", "b", "c"], ["x", "y", "z"], ["m", "n"]], links)
    assert ordering.crossings(layers, links) == 0


def test_an_output_above_another_leads_above_it() -> None:
    links = [_link("a", "x", leaves=2), _link("a", "y", leaves=1)]
    assert ordering.order([["a"], ["x", "y"]], links) == [["a"], ["y", "x"]]


def test_the_means_save_what_no_swap_of_neighbours_does() -> None:
    # What stands between the two has no links: to swap it with either saves nothing yet.
    links = [_link("a", "x", leaves=2), _link("a", "z", leaves=1)]
    layers = ordering.order([["a"], ["x", "y", "z"]], links)
    assert ordering.crossings(layers, links) == 0


def test_no_item_is_lost() -> None:
    layers = ordering.order([["a", "b"], ["x"], []], [_link("b", "x")])
    assert [sorted(layer, key=str) for layer in layers] == [["a", "b"], ["x"], []]
