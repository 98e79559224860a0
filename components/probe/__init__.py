"""Probe: the last check before a push. Loads the model as a server does, asks it and times it."""
