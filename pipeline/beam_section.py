"""The `beam` section of the config: what runs Beam's pipelines, for all nodes and for each.

Imports no Beam.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

import pydantic

from trainer import config as trainer_config

Value = bool | int | float | str | tuple[str, ...]
Options = dict[str, Value]

# Workers are this very process, or others of this machine with the same packages. Where nothing
# tells where workers find TFX, it packs itself up for them: two seconds for each node, and 2,200
# files in the temporary directory.
_NO_PACKING = "--sdk_container_image=none"
# What a runner cannot do without, and why.
_NEEDED: Mapping[str, Mapping[str, str]] = {
    "dataflow": {
        "project": "the Google Cloud project",
        "region": "such as europe-west4",
        "temp_location": "a gs:// directory",
        "sdk_container_image": "the image of the pipeline, which has this project's code",
    },
    "flink": {
        "flink_master": "HOST:PORT of its job manager",
        "environment_type": "DOCKER or EXTERNAL, by which workers are started",
        "environment_config": "the image, or HOST:PORT of a worker pool",
    },
    "spark": {
        "job_endpoint": "HOST:PORT of Beam's job server for Spark",
        "environment_type": "DOCKER or EXTERNAL, by which workers are started",
        "environment_config": "the image, or HOST:PORT of a worker pool",
    },
}
_RUNNERS = {"dataflow": "DataflowRunner", "flink": "FlinkRunner", "spark": "PortableRunner"}


class BeamConfig(trainer_config.Section):
    """What runs Beam's pipelines.

    Attributes:
        runner: `direct` is this machine.
        workers: Processes of the direct runner; 1 is the node's own process, the fastest way
            through data that fits one machine.
        options: Options of Beam by their names, without dashes, such as `{project: mine}`.
        nodes: Node to options that stand in place of those, or beside them.
    """

    runner: Literal["direct", "dataflow", "flink", "spark"] = "direct"
    workers: int = pydantic.Field(1, ge=1, le=256)
    options: Options = pydantic.Field(default_factory=dict)
    nodes: dict[str, Options] = pydantic.Field(default_factory=dict)

    @pydantic.model_validator(mode="after")
    def _has_what_its_runner_needs(self) -> "BeamConfig":
        needed = _NEEDED.get(self.runner, {})
        missing = [f"{name} ({why})" for name, why in needed.items() if name not in self.options]
        if missing:
            raise ValueError(
                f"`beam.options` must have {', '.join(missing)} for the runner {self.runner}. "
                f"Received: {', '.join(self.options) or 'none'}"
            )
        if self.runner != "direct" and self.workers != 1:
            raise ValueError(
                "`beam.workers` is of the runner direct; others have options of their own. "
                f"Received: {self.workers}"
            )
        return self

    def arguments(self) -> list[str]:
        """Writes the arguments of all nodes."""
        return [*self._of_runner(), *_arguments(self.options)]

    def arguments_of(self, node_id: str) -> list[str]:
        """Writes what a node has beside them; of an option that is told twice the last counts."""
        return _arguments(self.nodes.get(node_id, {}))

    def _of_runner(self) -> list[str]:
        if self.runner != "direct":
            return [f"--runner={_RUNNERS[self.runner]}"]
        mode = "in_memory" if self.workers == 1 else "multi_processing"
        running = [f"--direct_running_mode={mode}", f"--direct_num_workers={self.workers}"]
        return running if "sdk_container_image" in self.options else [*running, _NO_PACKING]


def problems(nodes: Collection[str], known: Collection[str]) -> Iterator[str]:
    """Yields the names under `beam.nodes` that no node with a pipeline of Beam has."""
    for name in nodes:
        if name not in known:
            yield (
                f"`beam.nodes` must name nodes that use Beam ({', '.join(known)}). Received: {name}"
            )


def _arguments(options: Mapping[str, Value]) -> list[str]:
    return [argument for name, value in options.items() for argument in _argument(name, value)]


def _argument(name: str, value: Value) -> list[str]:
    if isinstance(value, bool):
        return [f"--{name}"] if value else []
    values = value if isinstance(value, tuple) else (value,)
    return [f"--{name}={each}" for each in values]
