"""`tuner_fn`: what TFX's Tuner calls."""

import dataclasses
import functools
import hashlib
import json
from typing import Any

import keras_tuner
from tfx.components.trainer import fn_args_utils
from tfx.components.tuner import component

from trainer import backup, listeners, run
from trainer.tuning import config, oracles, settling, trials, tuner
from trainer.tuning import space as space_lib


def tuner_fn(fn_args: fn_args_utils.FnArgs) -> component.TunerFnResult:
    """Makes the search, or takes it up where a killed one was left."""
    settings: dict[str, Any] = fn_args.custom_config
    tune = config.TuneConfig(**settings["tune"])
    request = run.request_of(fn_args)
    space = dict(settings["space"])
    own = {key: settings["own"][key] for key in space}
    domains = space_lib.read(space)
    model, train = settings["model"], settings["train"]

    def refuse(values: space_lib.Values) -> str | None:
        return settling.problem(request.architecture, model, train, values)

    direction = "max" if settings["higher_is_better"] else "min"
    make_oracle = functools.partial(
        oracles.build,
        tune,
        domains,
        own=own,
        refuse=refuse,
        objective=keras_tuner.Objective(str(tune.metric), direction),
        epochs=request.train.epochs,
        seed=request.train.seed,
    )
    directory = f"{request.backup_dir}/{_key(settings)}-{backup.key(request)}"
    search = tuner.Tuner(
        make_oracle,
        train=trials.Trainings(
            dataclasses.replace(request, exports=False, backup_dir=f"{directory}/backups"),
            model,
            train,
            str(tune.metric),
            directory,
            listeners.tell,
        ),
        epochs=request.train.epochs,
        candidate=settings["candidate"],
        space=space,
        method=tune.method,
        directory=directory,
        tell=listeners.tell,
    )
    return component.TunerFnResult(tuner=search, fit_kwargs={})


def _key(settings: dict[str, Any]) -> str:
    """Digests what decides which trials there are."""
    told = json.dumps([settings[key] for key in ("tune", "space", "own")], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
