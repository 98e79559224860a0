"""The model to beat: the latest that the Evaluator has blessed, and that no probe has refused.

A model that is never pushed must not keep others back: one that is better but too slow would, for
as long as it were the one to beat.
"""

from collections.abc import Iterable

import ml_metadata as mlmd
from tfx import types
from tfx.components.evaluator import constants
from tfx.dsl.input_resolution.strategies import latest_blessed_model_strategy

from components.probe import executor

MODEL_KEY = "model"
MODEL_BLESSING_KEY = "model_blessing"
INFRA_BLESSING_KEY = "infra_blessing"
_MODEL_ID = constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY


class LatestServableModelStrategy(latest_blessed_model_strategy.LatestBlessedModelStrategy):
    """TFX's, which leaves out models whose newest InfraBlessing says that they cannot serve.

    A model that was never probed is taken: whoever turns the probe off trusts the Evaluator alone.
    """

    def resolve_artifacts(
        self, store: mlmd.MetadataStore, input_dict: dict[str, list[types.Artifact]]
    ) -> dict[str, list[types.Artifact]] | None:
        """Takes the models, both kinds of blessings, and gives the model and what blessed it."""
        refused = _refused(input_dict[INFRA_BLESSING_KEY])
        blessings = [
            blessing
            for blessing in input_dict[MODEL_BLESSING_KEY]
            if blessing.get_int_custom_property(_MODEL_ID) not in refused
        ]
        judged = {MODEL_KEY: input_dict[MODEL_KEY], MODEL_BLESSING_KEY: blessings}
        found = super().resolve_artifacts(store, judged)
        return found and {**found, INFRA_BLESSING_KEY: []}


def _refused(blessings: Iterable[types.Artifact]) -> set[int]:
    """Lists the ids of models that cannot serve, by the newest probe of each."""
    newest: dict[int, bool] = {}
    for blessing in sorted(blessings, key=lambda each: each.id):
        servable = blessing.get_int_custom_property(executor.BLESSED_PROPERTY) == 1
        newest[blessing.get_int_custom_property(_MODEL_ID)] = servable
    return {model_id for model_id, servable in newest.items() if not servable}
