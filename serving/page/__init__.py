"""The page at `/`: files for a browser, written by hand, that ask nothing of any other host."""
