"""The values of a column, as TFDV has counted them."""

from tensorflow_metadata.proto.v0 import statistics_pb2


def of_feature(dataset: statistics_pb2.DatasetFeatureStatistics, name: str) -> dict[str, int]:
    """Counts the values of a text feature; empty for numbers, and where TFDV has not kept all."""
    for feature in dataset.features:
        if name in (feature.name, *feature.path.step) and feature.HasField("string_stats"):
            buckets = feature.string_stats.rank_histogram.buckets
            if len(buckets) >= feature.string_stats.unique:
                return {bucket.label: round(bucket.sample_count) for bucket in buckets}
    return {}
