"""Codecs: JSON and protos to tensors, and back."""
