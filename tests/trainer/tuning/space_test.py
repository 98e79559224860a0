import pytest

from trainer.tuning import space


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        ([3, 1, 2], (3, 1, 2)),
        ({"min": 1, "max": 4}, (1, 2, 3, 4)),
        ({"min": 64, "max": 200, "step": 64}, (64, 128, 192)),
        ({"min": 2, "max": 16, "step": 2, "scale": "log"}, (2, 4, 8, 16)),
        ({"min": 0.0, "max": 0.5, "step": 0.25}, (0.0, 0.25, 0.5)),
        ({"min": 0.001, "max": 0.1, "step": 10.0, "scale": "log"}, (0.001, 0.01, 0.1)),
    ],
)
def test_the_values_of_a_key(fields, points):
    found = space.read({"key": fields})["key"].points()
    assert found == pytest.approx(points)
    assert {type(value) for value in found} == {type(value) for value in points}


def test_a_range_of_floats_without_a_step_has_too_many_values_to_list():
    spaces = space.read({"rate": {"min": 0.1, "max": 0.2}, "layers": [1, 2]})
    assert space.size(spaces) is None
    with pytest.raises(ValueError, match="`rate` must be a list or have a step"):
        list(space.grid(spaces))


def test_a_grid_has_every_combination_and_changes_the_last_key_first():
    spaces = space.read({"a": [1, 2], "b": ["x", "y", None]})
    assert space.size(spaces) == 6
    assert list(space.grid(spaces)) == [
        *({"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 1, "b": None}),
        *({"a": 2, "b": "x"}, {"a": 2, "b": "y"}, {"a": 2, "b": None}),
    ]


@pytest.mark.parametrize(
    ("fields", "value", "holds"),
    [
        ([1, 2], 2, True),
        ([1, 2], 3, False),
        ({"min": 1, "max": 4}, 4, True),
        ({"min": 1, "max": 4}, 5, False),
        ({"min": 0.1, "max": 0.2}, None, False),
        ({"min": 0.0, "max": 1.0}, True, False),
    ],
)
def test_a_value_lies_in_a_domain_or_not(fields, value, holds):
    assert space.read({"key": fields})["key"].holds(value) is holds


@pytest.mark.parametrize(
    "fields",
    [
        {"min": 0.1, "max": 0.7, "step": 0.2},
        {"min": 0.001, "max": 1.0, "step": 10.0, "scale": "log"},
        {"min": 3, "max": 9, "step": 3},
    ],
)
def test_every_value_that_a_step_leads_to_lies_in_its_range(fields):
    domain = space.read({"key": fields})["key"]
    assert [value for value in domain.points() if not domain.holds(value)] == []
    assert not domain.holds(fields["min"] - 1e-6)
    assert not domain.holds(fields["max"] + 1e-6)
