"""Pusher: TFX's, which puts the model card beside what it pushes."""
