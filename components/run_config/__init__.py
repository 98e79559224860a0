"""Config: what a run was told, and what it runs on, as an artifact of it."""
