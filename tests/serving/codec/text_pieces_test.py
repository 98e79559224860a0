"""Text that comes in pieces: whole characters alone, and nothing of a stop."""

import numpy as np
import pytest
import tensorflow as tf

from serving.codec import text_pieces


def _all(parts: list[bytes], stops: list[bytes]) -> list[str]:
    pieces = text_pieces.TextPieces(stops)
    told = []
    for part in parts:
        told.append(pieces.add(part))
        if pieces.is_stopped:
            break
    return [*told, pieces.finish()]


def test_a_character_comes_as_a_whole() -> None:
    assert _all([b"a\xc3", b"\xa9", b"\xf0\x9f", b"\x8e\xac"], []) == ["a", "é", "", "🎬", ""]
    assert _all([b"a\xc3"], []) == ["a", "\ufffd"]


@pytest.mark.parametrize(
    ("parts", "stops", "told"),
    [
        ([b"one", b"END", b"x"], [b"END"], ["one", "", ""]),
        ([b"oneE", b"N", b"D!"], [b"END"], ["one", "", "", ""]),
        ([b"oneE", b"Ne"], [b"END"], ["one", "ENe", ""]),
        ([b"oneE"], [b"END", b""], ["one", "E"]),
        ([b"EEN", b"D"], [b"END"], ["E", "", ""]),
        # Of several, the one that begins first.
        ([b"a. b\n"], [b"\n", b". b\n"], ["a", ""]),
        ([b"\xc3", b"\xa9x"], ["é".encode()], ["", "", ""]),
    ],
)
def test_a_stop_is_no_part_of_it(parts: list[bytes], stops: list[bytes], told: list[str]) -> None:
    assert _all(parts, stops) == told


def test_bytes_that_are_no_text_are_what_tensorflow_makes_of_them() -> None:
    rng = np.random.default_rng(3)
    signs = [b"a", b"\xc3", b"\xa9", b"\xe2", b"\x82", b"\xac", b"\xf0", b"\x9f", b"\xff", b"\xed"]
    texts = [b"".join(rng.choice(signs, 6).tolist()) for _ in range(500)]
    expected = tf.strings.unicode_transcode(tf.constant(texts), "UTF-8", "UTF-8").numpy()
    for text, whole in zip(texts, expected, strict=True):
        parts = [text[i : i + 1] for i in range(len(text))]
        assert "".join(_all(parts, [])) == whole.decode()
