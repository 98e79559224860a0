"""Pretrained: brings an exported model into the graph, for others to start from."""
