"""Serving: answers from what was pushed. Imports none of the other rooms, and no TFX."""
