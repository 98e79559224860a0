"""Draws a graph as text: a row a node, a rail for each node whose outputs are needed below."""

from collections.abc import Sequence

from pipeline import graph


def draw(nodes: Sequence[graph.Node]) -> str:
    """Draws nodes in running order, one a line, each with what it does.

    In a row, `●` is the node, `├` and `┼` take from a rail that goes on, `└` and `┴` from one that
    ends; a rail that is merely crossed is `│`.
    """
    rails = _rails(nodes)
    rail_width = max(map(len, rails), default=0)
    id_width = max((len(node.id) for node in nodes), default=0)
    return "\n".join(
        f"{rail:{rail_width}}  {node.id:{id_width}}  {node.what}"
        for rail, node in zip(rails, nodes, strict=True)
    )


def _rails(nodes: Sequence[graph.Node]) -> list[str]:
    """Draws the left part of each row."""
    last_use = {source: i for i, node in enumerate(nodes) for source in node.needs}
    open_rails: list[str | None] = []  # by column: the node whose rail runs there
    rows = []
    for i, node in enumerate(nodes):
        taken = sorted({open_rails.index(source) for source in node.needs})
        own = _free_column(open_rails, after=taken[-1] if taken else -1)
        ending = {column for column in taken if last_use[open_rails[column] or ""] == i}
        rows.append(_row(open_rails, taken, ending, own))
        for column in ending:
            open_rails[column] = None
        if node.id in last_use:
            open_rails[own:] = [node.id, *open_rails[own + 1 :]]
    return rows


def _free_column(open_rails: list[str | None], after: int) -> int:
    """Finds the first column without a rail, right of what the node takes."""
    column = after + 1
    while column < len(open_rails) and open_rails[column] is not None:
        column += 1
    open_rails.extend([None] * (column + 1 - len(open_rails)))
    return column


def _row(open_rails: list[str | None], taken: list[int], ending: set[int], own: int) -> str:
    """Draws one row: two characters a column, a line from the first rail taken to the node."""
    first = taken[0] if taken else own
    row = ""
    for column, rail in enumerate(open_rails):
        if column == own:
            mark = "●"
        elif column in ending:
            mark = "└" if column == first else "┴"
        elif column in taken:
            mark = "├" if column == first else "┼"
        elif rail is not None:
            mark = "│"
        else:
            mark = "─" if first < column < own else " "
        row += mark + ("─" if first <= column < own else " ")
    return row.rstrip()
