"""Trials as trainings, each in a process of its own, that export nothing."""

import dataclasses
import pathlib
import shutil
import time
from collections.abc import Mapping
from typing import Any

from trainer import launch, listeners, progress, training_record
from trainer import request as request_lib
from trainer.tuning import record, settling
from trainer.tuning import space as space_lib


class Trainings:
    """Trains with the values of trials.

    Every trial of Hyperband's is planned for all epochs, its learning rate with it, and stops where
    its rung ends; the next rung goes on from its backup at the very step, as a training that was
    killed does. So what a rung tells is what the whole training would have told by then.
    """

    def __init__(
        self,
        request: request_lib.Request,
        model: Mapping[str, Any],
        train: Mapping[str, Any],
        metric: str,
        directory: str,
        tell: listeners.Listener,
    ):
        """Takes what is the same for all trials.

        Args:
            request: The training with the config's own values, that exports nothing.
            model: The fields of the model's shape, as the config has them.
            train: The fields of its training.
            metric: What is sought the best of.
            directory: Where what is written on the way lies.
            tell: Told what goes on.
        """
        self._request = request
        self._model = model
        self._train = train
        self._metric = metric
        self._directory = directory
        self._tell = tell

    def __call__(self, values: space_lib.Values, epochs: int) -> record.Trained:
        """Trains with the values for so many epochs at most.

        Raises:
            DataError: If a split has no examples.
            RuntimeError: If the training failed or was killed.
        """
        request = self._request
        shape, train = settling.settle(request.architecture, self._model, self._train, values)
        place = pathlib.Path(self._directory, "trial")
        asked = dataclasses.replace(
            request,
            model=shape,
            train=train,
            serving_model_dir=str(place),
            logs_dir=str(place / "logs"),
            pause_after=epochs if epochs < train.epochs else None,
        )
        started = time.monotonic()
        ends: list[progress.Finished] = []

        def tell(event: progress.Event) -> None:
            ends.extend([event] if isinstance(event, progress.Finished) else [])
            self._tell(event)

        launch.run(asked, tell)
        told = training_record.read(str(place))
        shutil.rmtree(place)
        return record.Trained(
            curve=tuple(each["metrics"][f"eval_{self._metric}"] for each in told.epochs),
            best_epoch=told.best_epoch,
            seconds=time.monotonic() - started,
            reason=told.reason,
            earlier_seconds=max(0.0, told.seconds - ends[-1].seconds),
            total_seconds=told.seconds,
            is_over=not ends[-1].paused,
        )
