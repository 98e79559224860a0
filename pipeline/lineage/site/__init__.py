"""A static site of the lineage: runs over time, the graph of each run, two runs side by side."""
