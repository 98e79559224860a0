"""Training: layers, models, tasks, the training loop and the export."""
