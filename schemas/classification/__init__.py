"""Classification: one of several labels for a text or a pair of texts, or any number of them."""

from collections.abc import Mapping

from schemas import metrics, tasks

# Option: what stands between the labels of a row that may have several; without it, it has one.
SEPARATOR = "separator"

_AUC = metrics.Metric(True, 1.0, "chance that a label's example outranks another's; mean")

ONE_LABEL = {
    "accuracy": metrics.Metric(
        True, 1.0, "share of examples whose likeliest label is the right one", mean_of_rows=True
    ),
    "precision": metrics.Metric(True, 1.0, "share right of what gets a label; mean over labels"),
    "recall": metrics.Metric(True, 1.0, "share found of what has a label; mean over labels"),
    "f1": metrics.Metric(True, 1.0, "harmonic mean of precision and recall; mean over labels"),
    "auc": _AUC,
    "cross_entropy": metrics.Metric(
        False, None, "mean of -log p(right label), in nats", mean_of_rows=True
    ),
    "calibration_error": metrics.Metric(False, 1.0, "mean gap between confidence and accuracy"),
}
SEVERAL_LABELS = {
    "subset_accuracy": metrics.Metric(
        True, 1.0, "share of examples with exactly the right labels", mean_of_rows=True
    ),
    "f1_micro": metrics.Metric(True, 1.0, "harmonic mean of precision and recall over all labels"),
    "f1_macro": metrics.Metric(True, 1.0, "the same of each label; mean over labels"),
    "auc": _AUC,
    "cross_entropy": metrics.Metric(
        False,
        None,
        "mean of -log p(right yes or no) over examples and labels, in nats",
        mean_of_rows=True,
    ),
}


class Contract(tasks.Contract):
    """Labels are text, whatever they look like; an AUC of 0.5 is that of guessing."""

    max_texts = 2
    has_labels = True
    options = (SEPARATOR,)
    train_keys = ("label_smoothing", "class_weights")
    rivals = tasks.ENCODER_RIVALS

    def metrics(self, settings: tasks.Settings) -> Mapping[str, metrics.Metric]:
        """Lists the metrics of one label for each row, or of several."""
        return SEVERAL_LABELS if settings.options.get(SEPARATOR) else ONE_LABEL

    def watched(self, settings: tasks.Settings) -> Mapping[str, bool]:
        """Watches the share of right labels, or F1 over all labels of all rows."""
        return {"f1" if settings.options.get(SEPARATOR) else "accuracy": True}

    def bounds(self, settings: tasks.Settings) -> tasks.Bounds:
        """Asks for no worse than guessing, whatever the balance of the labels."""
        several = bool(settings.options.get(SEPARATOR))
        return tasks.Bounds(floor={"auc": 0.5}, metric="f1_micro" if several else "accuracy")


CONTRACT = Contract()
