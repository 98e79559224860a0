"""Tuner: TFX's, which tells of the whole search beside its best values."""
