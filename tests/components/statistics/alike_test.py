"""Texts that stand twice are counted and named: in a split, under two labels, in two splits."""

from components.statistics import alike, counting, distinct

_LONG = "It was the best of times and it was the worst of times for all of us in this old town"
_NEAR = _LONG.replace("old", "new")


def _names(share) -> list[tuple[str, str]]:
    return [(row.origin, row.note) for row in share.examples]


def test_duplicates_are_the_rows_after_the_first(count_texts) -> None:
    texts = ["one text", "another", "ONE  text", "third", "one text", "third", "a last one"]
    shares = alike.within(count_texts(texts).texts)
    assert (shares.duplicates.count, shares.duplicates.total) == (3, 7)
    assert _names(shares.duplicates) == [
        ("t.csv:5", "also t.csv:1, 3 times in all"),
        ("t.csv:6", "also t.csv:4"),
    ]
    assert shares.duplicates.examples[0].text == "one text"


def test_near_duplicates_are_all_rows_that_are_nearly_like_another(count_texts) -> None:
    texts = [_LONG, "short one", _NEAR, "Short one!", "nothing like it", "twice", "twice"]
    shares = alike.within(count_texts(texts).texts)
    assert (shares.near_duplicates.count, shares.near_duplicates.total) == (6, 7)
    assert {frozenset((a, b.removeprefix("like "))) for a, b in _names(shares.near_duplicates)} == {
        frozenset(("t.csv:1", "t.csv:3")),
        frozenset(("t.csv:2", "t.csv:4")),
    }
    assert _names(shares.near_duplicates)[0][0] in ("t.csv:2", "t.csv:4")  # 64 lanes of 64


def test_honest_short_texts_are_not_near(count_texts) -> None:
    things = ["film", "book", "song", "play", "show", "phone", "dog", "cat"]
    texts = [f"I {verb} this {thing}" for verb in ("love", "hate", "like") for thing in things]
    texts += [f"I {verb} this {thing} so much" for verb in ("love", "hate") for thing in things]
    assert alike.within(count_texts(texts).texts).near_duplicates.count == 0


def test_conflicts_are_texts_under_two_labels(count) -> None:
    rows = [
        ("same words", "bad", "t.csv:2"),
        ("same words", "bad", "t.csv:3"),
        ("SAME words", "good", "t.csv:4"),
        ("same words", None, "t.csv:5"),
        ("labelled once", "good", "t.csv:6"),
        ("labelled once", None, "t.csv:7"),
        ("others", "bad", "t.csv:8"),
        ("others", "bad", "t.csv:9"),
    ]
    shares = alike.within(count(rows).texts)
    assert (shares.conflicts.count, shares.conflicts.total) == (3, 8)
    assert _names(shares.conflicts) == [("t.csv:2", "bad; good in t.csv:4")]


def test_overlaps_count_the_rows_of_the_first_split(count) -> None:
    train = count([(text, None, f"a.csv:{i}") for i, text in enumerate(["one text", _LONG, "two"])])
    texts = ["One Text", "one text", _NEAR, "two!", "neither", "one text two"]
    evaluated = count([(text, None, f"b.csv:{i}") for i, text in enumerate(texts)])
    overlap = alike.overlap(("eval", evaluated.texts), ("train", train.texts))
    assert (overlap.split, overlap.other) == ("eval", "train")
    assert (overlap.exact.count, overlap.exact.total) == (2, 6)
    assert _names(overlap.exact) == [("b.csv:0", "also a.csv:0")]
    assert (overlap.near.count, overlap.near.total) == (4, 6)
    assert _names(overlap.near) == [("b.csv:3", "like a.csv:2"), ("b.csv:2", "like a.csv:1")]


def test_splits_that_share_nothing_do_not_overlap(count_texts) -> None:
    one, other = count_texts(["one text", _LONG]), count_texts(["another text"])
    overlap = alike.overlap(("eval", one.texts), ("train", other.texts))
    assert (overlap.exact.count, overlap.near.count) == (0, 0)
    nothing = counting.TextCounts().texts
    for pair in ((one.texts, nothing), (nothing, one.texts), (nothing, nothing)):
        overlap = alike.overlap(("eval", pair[0]), ("train", pair[1]))
        assert (overlap.exact.count, overlap.near.count) == (0, 0)


def test_sampled_splits_are_compared_where_both_are_sampled(count_texts, monkeypatch) -> None:
    texts = [f"a{i} b{i} c{i} d{i} e{i} f{i}" for i in range(3000)]
    whole = count_texts(texts[1500:])
    monkeypatch.setattr(counting, "MAX_TEXTS", 500)
    sampled = count_texts(texts)
    sampled.compact()
    assert sampled.texts.depth > 0
    for pair, share in (((sampled, whole), 0.5), ((whole, sampled), 1.0)):
        overlap = alike.overlap(("eval", pair[0].texts), ("train", pair[1].texts))
        assert 100 < overlap.exact.total < 700
        assert abs(overlap.exact.fraction - share) < 0.12
        assert overlap.near.count == overlap.exact.count


def test_shares_of_a_sample_estimate_those_of_all(count_texts) -> None:
    texts = [f"a{i} b{i} c{i} d{i} e{i} f{i}" for i in range(4000)]
    texts += texts[:1000]
    counts = count_texts(texts)
    sampled = distinct.DistinctTexts(1200)
    sampled.merge(counts.texts)
    shares = alike.within(sampled)
    assert sampled.depth > 0
    assert shares.duplicates.total < 2000
    assert abs(shares.duplicates.fraction - 0.2) < 0.05
