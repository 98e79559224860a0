"""Ingest: files of rows in, splits of tf.Examples out."""
