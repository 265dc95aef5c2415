"""Reviews: gathered from the log, told as a page, as lines of text or as JSON."""
