"""Report: one page of a run, from the artifacts of all that came before it; and the model card."""
