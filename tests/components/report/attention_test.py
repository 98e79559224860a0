"""Which texts are looked into, and how attention and positions are drawn."""

import dataclasses

import numpy as np

from components.report import attention, contents


def _answers(of_one, truths, texts) -> contents.Answers:
    of_one = np.array(of_one)
    return contents.Answers(
        truths=np.array(truths, float)[:, None],
        given={"transformer": np.stack([1 - of_one, of_one], axis=1)},
        scores={},
        texts=[(text,) for text in texts],
        origins=[""] * len(texts),
        labels=("bad", "good"),
    )


def test_the_surest_right_one_the_surest_wrong_one_and_the_least_sure_are_chosen():
    of_one = [0.9, 0.99, 0.8, 0.05, 0.55, 0.999]
    texts = ["one of six words or more"] * 5 + ["too short"]
    chosen = attention.choose(_answers(of_one, [1, 1, 0, 1, 1, 1], texts), "transformer")
    assert list(chosen) == [1, 3, 4]
    assert [why.partition(",")[0] for why in chosen.values()] == [
        *("that is answered rightly", "that is answered wrongly", "that is answered least surely")
    ]


def test_a_model_that_is_never_wrong_has_fewer():
    texts = ["one of six words or more"] * 3
    chosen = attention.choose(_answers([0.9, 0.8, 0.7], [1, 1, 1], texts), "transformer")
    assert list(chosen) == [0, 2]


def test_of_numbers_the_nearest_and_the_furthest_are_chosen():
    texts = ["one of six words or more"] * 3
    answers = _answers([0.9, 0.5, 0.2], [1, 1, 1], texts)
    answers = dataclasses.replace(
        answers, labels=(), given={"transformer": np.array([[0.9], [0.5], [0.2]])}
    )
    chosen = attention.choose(answers, "transformer")
    assert chosen == {
        0: "that is answered nearest to the truth",
        2: "that is answered furthest from the truth",
    }


def test_of_other_answers_any_text_will_do(tried):
    sums = {"linear": np.zeros((len(tried.answers.texts), 4))}
    answers = dataclasses.replace(tried.answers, labels=(), given=sums)
    assert list(attention.choose(answers, "linear").values()) == ["of the test split"]


def test_a_split_without_rows_has_none(tried):
    nothing = dataclasses.replace(tried.answers, truths=np.zeros((0, 0)), texts=[])
    assert attention.choose(nothing, "linear") == {}


def test_every_head_of_every_layer_has_a_map_without_and_with_tokens(tried):
    [sentence] = attention.build(tried)
    assert [len(layer) for layer in sentence.layers] == [4, 4]
    anchors = [head.anchor for layer in sentence.layers for head in layer]
    assert len(set(anchors)) == 8
    assert "[CLS]" in sentence.mean
    assert "[CLS]" in sentence.layers[1][3].large
    assert "[CLS]" not in sentence.layers[1][3].small
    assert 'alt="Layer 2, head 4"' in sentence.layers[1][3].small


def test_long_texts_are_cut(tried):
    tokens = tuple(f"t{i}" for i in range(40))
    looked = contents.Attention(tokens, np.full((1, 1, 40, 40), 1 / 40))
    [sentence] = attention.build(dataclasses.replace(tried, attention={0: looked}))
    assert ">t31<" in sentence.mean
    assert ">t32<" not in sentence.mean


def test_positions_say_what_they_are(tried):
    picture, told = attention.positions(tried)
    assert told.startswith("Positions 0 to 63 from top to bottom, sines and cosines")
    assert 'width="32" height="64"' in picture
    assert attention.positions(dataclasses.replace(tried, positions=None)) is None
