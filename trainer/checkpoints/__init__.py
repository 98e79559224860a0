"""Public checkpoints, saved as KerasHub presets, brought into the form of our own exports."""
