"""What may be told when a compiled pipeline is submitted, in place of what the config says."""

from collections.abc import Sequence
from typing import Any

from tfx.dsl.components.base import base_node
from tfx.orchestration import data_types
from tfx.types import standard_component_specs

from components.evaluator import bounds
from components.trainer import executor as trainer_executor
from pipeline import config as config_lib

DATA_ROOT = "data_root"
EPOCHS = "epochs"


def attach(config: config_lib.Config, nodes: Sequence[base_node.BaseNode]) -> dict[str, Any]:
    """Puts runtime parameters in place of settings of nodes.

    Returns:
        Name of each parameter to its default, which is what the config says.
    """
    found: dict[str, Any] = {}

    def put(node: base_node.BaseNode, key: str, name: str, value: Any) -> None:
        found[name] = value
        kind = type(value)
        node.exec_properties[key] = data_types.RuntimeParameter(name, kind, default=value)

    told = {
        **bounds.names(config.evaluate.floor, config.evaluate.ceiling),
        bounds.MAX_DROP: config.evaluate.max_drop,
    }
    for node in nodes:
        kind = node.id.partition("_")[0]
        if kind == "Ingest":
            base = standard_component_specs.INPUT_BASE_KEY
            put(node, base, DATA_ROOT, node.exec_properties[base])
        elif kind == "Trainer":
            put(node, trainer_executor.EPOCHS_KEY, EPOCHS, config.train.epochs)
        elif kind == "Evaluator":
            for name, value in told.items():
                put(node, name, name, float(value))
    # What stands in place of the config's values is noted beside it.
    for node in nodes:
        if node.id == "Config":
            for name, value in list(found.items()):
                put(node, name, name, value)
    return found
