"""The command line of `meritline lineage`: one command a module, each a question and its answer."""
