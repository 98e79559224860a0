"""Tokenizing inside Transform: the graph that trains is the graph that serves."""
