"""The norms by name."""

import pytest

from trainer.layers import layer_norm, norms, rms_norm


def test_each_name_means_its_norm():
    assert norms.KINDS == ("layer", "rms")
    assert type(norms.build("layer")) is layer_norm.LayerNorm
    assert type(norms.build("rms")) is rms_norm.RMSNorm


def test_what_a_layer_takes_is_handed_on():
    norm = norms.build("rms", name="final_norm", dtype="mixed_bfloat16")
    assert (norm.name, norm.compute_dtype) == ("final_norm", "bfloat16")


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"`norm_kind` must be one of .*norm_kind='batch'"):
        norms.build("batch")
