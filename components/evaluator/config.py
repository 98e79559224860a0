"""What those need to know who set something about the Evaluator. Imports no TensorFlow."""

# Rows whose predictions are kept: enough to see skew by, in a file that stays small.
MAX_PREDICTIONS = 1000
