"""`run_fn`: what TFX's Trainer calls."""

from typing import Any

from tfx.components.trainer import fn_args_utils

from schemas import tasks
from trainer import launch, listeners
from trainer import request as request_lib
from trainer.tuning import settling


def run_fn(fn_args: fn_args_utils.FnArgs) -> None:
    """Trains and exports the model in a process of its own.

    Raises:
        DataError: If a split has no examples.
        RuntimeError: If the training failed or was killed.
    """
    launch.run(request_of(fn_args), listeners.tell)


def request_of(fn_args: fn_args_utils.FnArgs) -> request_lib.Request:
    """Reads TFX's arguments; `custom_config` carries what the pipeline's config says.

    What a search has found best, if there was one, stands above it.

    Raises:
        ValueError: If the best values do not go with the settings.
    """
    settings: dict[str, Any] = fn_args.custom_config
    best = settling.decode((fn_args.hyperparameters or {}).get("values", {}))
    model, train = settling.settle(
        settings["architecture"], settings["model"], settings["train"], best
    )
    return request_lib.Request(
        task=tasks.Settings.from_fields(settings["task"]),
        architecture=settings["architecture"],
        model=model,
        train=train,
        max_length=settings["max_length"],
        transform_output=fn_args.transform_graph_path,
        train_files=tuple(fn_args.train_files),
        eval_files=tuple(fn_args.eval_files),
        serving_model_dir=fn_args.serving_model_dir or "",
        logs_dir=fn_args.model_run_dir or "",
        backup_dir=settings["backup_dir"],
        tokenizer=settings["tokenizer"],
        base_model=fn_args.base_model or "",
        code=settings["code"],
    )
