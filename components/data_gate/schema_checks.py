"""The check of anomalies: what departs from the schema, and in which rows."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tensorflow_metadata.proto.v0 import anomalies_pb2

from components.data_gate import config as config_lib
from components.data_gate import offences, outcome, wording
from components.statistics import text_statistics
from schemas import features

_UNEXPECTED_VALUES = anomalies_pb2.AnomalyInfo.ENUM_TYPE_UNEXPECTED_STRING_VALUES
_REMEDY = "`meritline schema accept` with the arguments of this run"
_DATA_SET = "the data set"


def anomalies(name: str, data: outcome.Data, check: config_lib.Check) -> outcome.Outcome:
    """Judges what ExampleValidator found, one violation for each feature of each split.

    A split without rows lacks every column, and `min_rows` says so better.
    """
    del name, check  # it has no limit
    return [
        violation
        for split, found in data.anomalies.items()
        if split not in data.text.splits or data.text.splits[split].rows
        for violation in _of_split(data, split, found)
    ]


def _of_split(
    data: outcome.Data, split: str, found: anomalies_pb2.Anomalies
) -> Iterator[outcome.Violation]:
    infos = dict(sorted(found.anomaly_info.items()))
    if found.HasField("dataset_anomaly_info"):
        infos[_DATA_SET] = found.dataset_anomaly_info
    infos = {
        feature: info
        for feature, info in infos.items()
        if not _is_told_by_labels(data, feature, info)
    }
    rows = _rows(data, split, infos)
    for feature, info in infos.items():
        yield outcome.Violation(
            message=f"{feature} of {split}: {wording.line(info.description)}",
            remedy=_REMEDY,
            rows=tuple(rows.get(feature, ())),
            is_warning=info.severity == anomalies_pb2.AnomalyInfo.WARNING,
        )


def _is_told_by_labels(data: outcome.Data, feature: str, info: anomalies_pb2.AnomalyInfo) -> bool:
    """Tells whether an anomaly is that a label is not among train's, which is a check of its own.

    So it is where the schema knows the labels that train has, and no others.
    """
    is_of_values = all(reason.type == _UNEXPECTED_VALUES for reason in info.reason)
    train = data.text.splits.get(features.TRAIN_SPLIT)
    if feature != features.LABEL or not is_of_values or train is None:
        return False
    known = offences.domain(data.schema, feature)
    return known is not None and known == {label.encode() for label in train.labels}


def _rows(
    data: outcome.Data, split: str, infos: Iterable[str]
) -> Mapping[str, Sequence[text_statistics.RowExample]]:
    """Finds the rows behind each feature's anomaly, all in one reading of the split."""
    made = {feature: offences.judge(data.schema, feature) for feature in infos}
    judges = {
        feature: functools.partial(_judge_row, feature, judge)
        for feature, judge in made.items()
        if judge is not None
    }
    return data.find_rows(split, judges) if judges else {}


def _judge_row(
    feature: str, judge: offences.JudgeValues, values: Mapping[str, Sequence[outcome.Value]]
) -> str:
    """Says what is wrong with the feature in a row; it is a judge as `outcome.Judge` says."""
    offence = judge(values.get(feature, ()))
    return f"{feature}: {offence}" if offence else ""
