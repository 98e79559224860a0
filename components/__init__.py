"""Meritline's own TFX components, one room each."""
