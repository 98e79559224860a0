"""The names of features, each spelled once.

Ingest renames the user's columns to the raw names, whatever they are called in the file, so that
everything after it (schema, Transform, serving signatures, requests) knows one name for each.
"""

# Raw features: what Ingest writes and what a serving request carries.
TEXT = "text"
TEXT_PAIR = "text_pair"  # the second of two texts that belong together
LABEL = "label"
ANSWER_START = "answer_start"  # where in the second text the label stands, in code points
# Where a row came from, `reviews.csv:17`: Ingest writes it, what names rows to people reads it. No
# statistics, no schema and no model know of it.
ORIGIN = "origin"

# Transformed features: what Transform writes and the Trainer reads.
TOKEN_IDS = "token_ids"
TARGET_IDS = "target_ids"  # of the text that is to be written, without its end
NEXT_IDS = "next_ids"  # what comes after each of them
CHARACTERS = "characters"  # how many a text has
SEGMENT_IDS = "segment_ids"  # which text of a pair a token belongs to, from 0
WINDOW = "window"  # which of a row's windows this is, from 0
# Where in the second text each of its tokens stands, in code points; 0 for other tokens.
TOKEN_STARTS = "token_starts"
TOKEN_ENDS = "token_ends"
FIRST_TOKEN = "first_token"  # of the answer, its place among the token ids; 0 where there is none
LAST_TOKEN = "last_token"
LABEL_ID = "label_id"
SCALED_TARGETS = "scaled_targets"  # numbers to learn, of mean 0 and standard deviation 1

# What the Evaluator compares answers with, where it is no transformed feature.
LABEL_SET = "label_set"  # 1 for each label that a row has, else 0
ANSWERS = "answers"  # all right answers, as the table has them
REFERENCE = "reference"  # a text as the table has it
TARGETS = "targets"  # numbers in their own unit

# Assets of the transform graph: one entry a line, line number = id.
TOKEN_VOCABULARY = "token_vocabulary"
TARGET_VOCABULARY = "target_vocabulary"  # of the texts that are to be written
TOKEN_MERGES = "token_merges"  # where pieces are merged by rank: ids of left, right and merged
LABEL_VOCABULARY = "label_vocabulary"
TARGET_SCALES = "target_scales"  # a number's name, its mean and its standard deviation

# Splits, in the order in which hash buckets are dealt out.
TRAIN_SPLIT = "train"
EVAL_SPLIT = "eval"
TEST_SPLIT = "test"
SPLITS = (TRAIN_SPLIT, EVAL_SPLIT, TEST_SPLIT)
