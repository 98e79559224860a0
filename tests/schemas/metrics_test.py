from schemas import metrics
from trainer.tasks import classification_counts


def test_the_table_names_exactly_the_numbers_that_are_computed() -> None:
    computed = set(classification_counts.Counts.zeros(2).metrics())
    assert set(metrics.CLASSIFICATION) == computed - {"confusion_matrix"}


def test_every_task_has_a_metric_with_a_floor() -> None:
    for table in metrics.BY_TASK.values():
        assert any(metric.higher_is_better for metric in table.values())
