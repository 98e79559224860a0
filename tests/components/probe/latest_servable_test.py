"""Which model is the one to beat, of artifacts as ML Metadata has them."""

import pytest
from tfx.types import standard_artifacts

from components.probe import latest_servable

Made = dict[str, list]


def _artifact(kind, number: int, **properties: int):
    made = kind()
    made.id = number
    for name, value in properties.items():
        made.set_int_custom_property(name, value)
    return made


def _resolved(blessed: dict[int, int], servable: list[tuple[int, int]]) -> list[int]:
    """Resolves models 1 to 3, each blessed or not, by probes from the oldest to the newest."""
    found = latest_servable.LatestServableModelStrategy().resolve_artifacts(
        None,
        {
            "model": [_artifact(standard_artifacts.Model, number) for number in blessed],
            "model_blessing": [
                _artifact(standard_artifacts.ModelBlessing, 10 + i, current_model_id=i, blessed=b)
                for i, b in blessed.items()
            ],
            "infra_blessing": [
                _artifact(
                    standard_artifacts.InfraBlessing, 20 + i, current_model_id=model, blessed=b
                )
                for i, (model, b) in reversed(list(enumerate(servable)))
            ],
        },
    )
    assert found.keys() == {"model", "model_blessing", "infra_blessing"}
    assert [b.get_int_custom_property("current_model_id") for b in found["model_blessing"]] == [
        model.id for model in found["model"]
    ]
    return [model.id for model in found["model"]]


@pytest.mark.parametrize(
    ("blessed", "servable", "resolved"),
    [
        ({1: 1, 2: 1}, [(1, 1), (2, 1)], [2]),
        ({1: 1, 2: 1}, [(1, 1), (2, 0)], [1]),
        ({1: 1, 2: 0}, [(1, 1), (2, 1)], [1]),
        ({1: 1, 2: 1}, [(1, 0), (2, 0)], []),
        # Probed again with a wider budget; and the other way round.
        ({1: 1, 2: 1}, [(2, 0), (2, 1)], [2]),
        ({1: 1, 2: 1}, [(2, 1), (2, 0)], [1]),
        # Nobody has probed.
        ({1: 1, 2: 1}, [], [2]),
        ({}, [], []),
    ],
)
def test_the_latest_that_may_serve(
    blessed: dict[int, int], servable: list[tuple[int, int]], resolved: list[int]
) -> None:
    assert _resolved(blessed, servable) == resolved
