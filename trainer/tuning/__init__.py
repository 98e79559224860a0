"""Tuning: which values of the settings are tried, in which order, and what came of each."""
