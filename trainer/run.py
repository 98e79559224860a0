"""`run_fn`: what TFX's Trainer calls."""

from typing import Any

from tfx.components.trainer import fn_args_utils

from schemas import tasks
from trainer import config, launch, listeners, rivals
from trainer import request as request_lib


def run_fn(fn_args: fn_args_utils.FnArgs) -> None:
    """Trains and exports the model in a process of its own.

    Raises:
        DataError: If a split has no examples.
        RuntimeError: If the training failed or was killed.
    """
    launch.run(request_of(fn_args), listeners.tell)


def request_of(fn_args: fn_args_utils.FnArgs) -> request_lib.Request:
    """Reads TFX's arguments; `custom_config` carries what the pipeline's config says."""
    settings: dict[str, Any] = fn_args.custom_config
    return request_lib.Request(
        task=tasks.Settings.from_fields(settings["task"]),
        architecture=settings["architecture"],
        model=rivals.shape(settings["architecture"], settings["model"]),
        train=config.TrainConfig(**settings["train"]),
        max_length=settings["max_length"],
        transform_output=fn_args.transform_output,
        train_files=tuple(fn_args.train_files),
        eval_files=tuple(fn_args.eval_files),
        serving_model_dir=fn_args.serving_model_dir,
        logs_dir=fn_args.model_run_dir,
        backup_dir=settings["backup_dir"],
        tokenizer=settings["tokenizer"],
        base_model=fn_args.base_model or "",
        code=settings["code"],
    )
