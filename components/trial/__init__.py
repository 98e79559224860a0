"""Trial: every candidate against the transformer, on rows that nothing before has touched."""
