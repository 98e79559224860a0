"""Pretrained: brings a model into the graph, for others to start from."""
