"""Evaluator: TFX's own, and a verdict in words beside what it writes."""
