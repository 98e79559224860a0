"""Regression: one or several numbers for a text or a pair of texts."""

from collections.abc import Mapping, Sequence

from schemas import metrics, tasks

# Option: names of the targets for people, where they are not those of the features.
NAMES = "names"

EACH = {
    "mse": metrics.Metric(
        False, None, "mean of the squared error, in squared units", mean_of_rows=True
    ),
    "mae": metrics.Metric(
        False, None, "mean of the absolute error, in the target's unit", mean_of_rows=True
    ),
    "pearson": metrics.Metric(True, 1.0, "correlation of answer and target", minimum=-1.0),
    "spearman": metrics.Metric(True, 1.0, "correlation of their ranks", minimum=-1.0),
    "r2": metrics.Metric(True, 1.0, "share of the target's variance explained", minimum=None),
}


def target_names(settings: tasks.Settings) -> tuple[str, ...]:
    """Returns the names by which people know the targets."""
    return tuple(settings.options.get(NAMES, settings.targets))


def of_target(metric: str, target: str) -> str:
    """Names a metric of one target among several."""
    return f"{metric}_{target}"


def metrics_of(targets: Sequence[str]) -> dict[str, metrics.Metric]:
    """Lists the metrics of targets by these names."""
    if len(targets) == 1:
        return EACH
    return EACH | {
        of_target(metric, target): known for target in targets for metric, known in EACH.items()
    }


class Contract(tasks.Contract):
    """Targets are numbers."""

    max_texts = 2
    max_targets = None
    target_kind: tasks.Kind = "number"
    options = (NAMES,)
    rivals = tasks.ENCODER_RIVALS

    def metrics(self, settings: tasks.Settings) -> Mapping[str, metrics.Metric]:
        """Lists the metrics; of several targets their means first, then those of each."""
        return metrics_of(target_names(settings))

    def watched(self, settings: tasks.Settings) -> Mapping[str, bool]:
        """Watches the mean absolute error."""
        return {"mae": False}

    def bounds(self, settings: tasks.Settings) -> tasks.Bounds:
        """Asks for more than one gets who always answers the mean.

        Such answers explain none of the variance, and have no correlation with anything: an
        undefined value meets no bound.
        """
        return tasks.Bounds(floor={"r2": 0.0, "pearson": 0.0}, metric="r2")


CONTRACT = Contract()
