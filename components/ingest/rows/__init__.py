"""Rows of files, one format a module: each yields good rows and bad ones, and loses none."""
