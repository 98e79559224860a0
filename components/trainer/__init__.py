"""Trainer: TFX's, which keeps the statistics of the data with the model that learned from it."""
