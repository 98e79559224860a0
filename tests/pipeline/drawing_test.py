from pipeline import config, drawing, graph


def _draw(*nodes: tuple[str, str]) -> str:
    """Draws nodes given as (id, ids of the nodes it takes from)."""
    return drawing.draw(
        [graph.Node(name, "x", tuple((source, "o") for source in taken)) for name, taken in nodes]
    )


def test_a_chain() -> None:
    assert _draw(("a", ""), ("b", "a"), ("c", "b")) == (
        "●      a  x\n"
        "└─●    b  x\n"
        "  └─●  c  x"
    )  # fmt: skip


def test_a_fork_and_its_join() -> None:
    assert _draw(("a", ""), ("b", "a"), ("c", "a"), ("d", "bc")) == (
        "●        a  x\n"
        "├─●      b  x\n"
        "└─│─●    c  x\n"
        "  └─┴─●  d  x"
    )  # fmt: skip


def test_a_rail_that_is_taken_from_in_passing_goes_on() -> None:
    assert _draw(("a", ""), ("b", ""), ("c", "ab"), ("d", "b")) == (
        "●      a  x\n"
        "│ ●    b  x\n"
        "└─┼─●  c  x\n"
        "  └─●  d  x"
    )  # fmt: skip


def test_a_column_that_has_become_free_is_used_again() -> None:
    assert _draw(("a", ""), ("b", "a"), ("c", ""), ("d", "bc")) == (
        "●      a  x\n"
        "└─●    b  x\n"
        "● │    c  x\n"
        "└─┴─●  d  x"
    )  # fmt: skip


def test_a_line_over_a_free_column() -> None:
    assert _draw(("a", ""), ("b", ""), ("c", ""), ("d", "b"), ("e", "ac")) == (
        "●        a  x\n"
        "│ ●      b  x\n"
        "│ │ ●    c  x\n"
        "│ └─│─●  d  x\n"
        "└───┴─●  e  x"
    )  # fmt: skip


def test_no_nodes_no_picture() -> None:
    assert drawing.draw([]) == ""


def test_the_whole_pipeline_fits_a_terminal_of_80_columns() -> None:
    picture = drawing.draw(graph.nodes(config.load(config.PRESETS / "sentiment.yaml")))
    assert max(map(len, picture.splitlines())) <= 80
