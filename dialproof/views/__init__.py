"""Pictures and words for what was found; nothing here computes a verdict."""
