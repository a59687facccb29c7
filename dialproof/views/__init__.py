"""Pictures and words for runs, machines and state spaces; nothing here computes a verdict."""
