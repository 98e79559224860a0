"""Text statistics come back from their file as they were."""

from components.statistics import text_statistics


def _split() -> text_statistics.SplitText:
    row = text_statistics.RowExample("reviews.csv:17", "Ünï\n\0", "also reviews.csv:3")
    share = text_statistics.Share(1, 3, (row,))
    histogram = text_statistics.Histogram((0.0, 1.0, 2.0), (1, 2), 0.5, 1.0, 1.0, 1.0)
    return text_statistics.SplitText(
        rows=3,
        characters=histogram,
        tokens=histogram,
        near_empty=share,
        control_characters=share,
        duplicates=share,
        near_duplicates=text_statistics.Share(0, 0),
        conflicts=share,
        truncated=share,
        unknown_tokens=share,
        labels={"b": 2, "a": 1},
        unigrams=(0, 3, 1),
        top_words={"the": 3, "日本": 1},
    )


def test_statistics_come_back(tmp_path) -> None:
    share = text_statistics.Share(1, 2, (text_statistics.RowExample("a:1", "text"),))
    given = text_statistics.TextStatistics(
        {"train": _split(), "eval": _split()},
        (text_statistics.Overlap("eval", "train", share, share),),
    )
    text_statistics.write(str(tmp_path), given)
    read = text_statistics.read(str(tmp_path))
    assert read == given
    assert list(read.splits["train"].labels) == ["b", "a"]


def test_a_share_of_nothing_is_none() -> None:
    assert text_statistics.Share(0, 0).fraction == 0.0
    assert text_statistics.Share(1, 4).fraction == 0.25
