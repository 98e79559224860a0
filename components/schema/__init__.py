"""Schema: what the data should be like, inferred where nobody has written it down."""
