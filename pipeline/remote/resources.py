"""What the machines of a node have, as a compiled pipeline says it. Imports no TFX."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pydantic

from trainer import config as trainer_config


class Resources(trainer_config.Section):
    """The machine of a node; what is null is left to the backend.

    Attributes:
        cpu: Virtual cores.
        memory_gb: Memory, in units of 10^9 bytes.
        gpu: Type of its GPUs, as the backend names it, such as `NVIDIA_TESLA_T4` on Vertex AI or
            `nvidia.com/gpu` on Kubernetes.
        gpus: Number of GPUs; heeded with `gpu`.
        workers: Machines of a Trainer whose `train.strategy` is `multi_worker`.
        machine: Type of each of these machines on Vertex AI, such as `n1-standard-8`.
    """

    cpu: pydantic.FiniteFloat | None = pydantic.Field(None, gt=0)
    memory_gb: pydantic.FiniteFloat | None = pydantic.Field(None, gt=0)
    gpu: str | None = pydantic.Field(None, min_length=1)
    gpus: int = pydantic.Field(1, ge=1, le=16)
    workers: int = pydantic.Field(1, ge=1, le=1000)
    machine: str | None = pydantic.Field(None, min_length=1)

    @pydantic.model_validator(mode="after")
    def _several_machines_are_of_one_type(self) -> "Resources":
        if self.workers > 1 and self.machine is None:
            raise ValueError("`machine` must name the type of the `workers`. Received: null")
        return self

    def to_spec(self) -> dict[str, Any]:
        """Writes them as a ResourceSpec of a compiled pipeline, in JSON."""
        limits = {"cpuLimit": self.cpu, "memoryLimit": self.memory_gb}
        spec: dict[str, Any] = {key: value for key, value in limits.items() if value is not None}
        if self.gpu is not None:
            spec["accelerator"] = {"type": self.gpu, "count": str(self.gpus)}
        return spec

    def to_custom_job(self, container: Mapping[str, Any]) -> dict[str, Any]:
        """Writes a job of several machines that all run one container, as Vertex AI takes it.

        The first is the chief; Vertex AI tells each of them who it is, by TF_CONFIG.

        Args:
            container: The container of a node, as in a compiled pipeline.
        """
        machine: dict[str, Any] = {"machineType": self.machine}
        if self.gpu is not None:
            machine |= {"acceleratorType": self.gpu, "acceleratorCount": self.gpus}
        told = {key: container[key] for key in ("command", "args") if key in container}
        pool = {"machineSpec": machine, "containerSpec": {"imageUri": container["image"], **told}}
        counts = (1, self.workers - 1)
        pools = [{**pool, "replicaCount": count} for count in counts]
        return {"customJob": {"jobSpec": {"workerPoolSpecs": pools}}}


def of_node(resources: Mapping[str, Resources], node_id: str) -> Resources | None:
    """Finds the resources of a node: its own, or else those of its kind.

    Rivals are trained by nodes such as `Trainer_cnn`, which have what `Trainer` has.
    """
    return resources.get(node_id) or resources.get(node_id.partition("_")[0])


def problems(resources: Mapping[str, Resources], node_ids: Collection[str]) -> Iterator[str]:
    """Yields the names that no node has."""
    for name in resources:
        if name not in node_ids:
            yield (
                f"`resources` must name nodes of the pipeline ({', '.join(node_ids)}). "
                f"Received: {name}"
            )
