"""StatisticsGen: TFDV's statistics and those of texts, in one pass."""
