"""Heat maps, read back as pictures."""

import base64
import re

import numpy as np
import tensorflow as tf

from components.report import heat_maps

_VALUES = np.array([[0.0, 1.0, 0.5], [-1.0, 0.2, 2.0]])


def _pixels(drawn: str) -> np.ndarray:
    [packed] = re.findall(r"data:image/png;base64,([^\"]+)", drawn)
    return tf.io.decode_png(base64.b64decode(packed), channels=4).numpy()


def test_values_are_opacity_and_the_sign_is_the_colour():
    pixels = _pixels(heat_maps.image(_VALUES, "a map"))
    assert pixels[..., 3].tolist() == [[0, 255, 128], [255, 51, 255]]
    assert tuple(pixels[0, 1, :3]) == heat_maps.ABOVE
    assert tuple(pixels[1, 0, :3]) == heat_maps.BELOW


def test_names_stand_at_both_sides_escaped_and_cut():
    names = ["<b>", "a name that is much too long"]
    drawn = heat_maps.named(np.eye(2), names, 'what "it" shows')
    assert drawn.count(">&lt;b&gt;</text>") == 2
    assert drawn.count("a name that i…</text>") == 2
    assert 'aria-label="what &#34;it&#34; shows"' in drawn
    assert _pixels(drawn)[..., 3].tolist() == [[255, 0], [0, 255]]
