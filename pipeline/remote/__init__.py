"""The same pipeline on a cluster: compiled, and submitted."""
