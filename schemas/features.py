"""The names of features, each spelled once.

Ingest renames the user's columns to the raw names, whatever they are called in the file, so that
everything after it (schema, Transform, serving signatures, requests) knows one name for each.
"""

# Raw features: what Ingest writes and what a serving request carries.
TEXT = "text"
LABEL = "label"
# Where a row came from, `reviews.csv:17`: Ingest writes it, what names rows to people reads it. No
# statistics, no schema and no model know of it.
ORIGIN = "origin"

# Transformed features: what Transform writes and the Trainer reads.
TOKEN_IDS = "token_ids"
LABEL_ID = "label_id"

# Assets of the transform graph: one entry a line, line number = id.
TOKEN_VOCABULARY = "token_vocabulary"
LABEL_VOCABULARY = "label_vocabulary"

# Splits, in the order in which hash buckets are dealt out.
TRAIN_SPLIT = "train"
EVAL_SPLIT = "eval"
TEST_SPLIT = "test"
SPLITS = (TRAIN_SPLIT, EVAL_SPLIT, TEST_SPLIT)
