"""The client: asks a server from Python, by the standard library alone.

It needs nothing else of this project, nor TensorFlow: copy this directory to where it is wanted.
"""
