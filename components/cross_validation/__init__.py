"""CrossValidation: how good each candidate is on rows that others of its kind learned from."""
