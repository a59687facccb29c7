"""Real mail servers as the judge of the model: they are started in a folder, and what they log is followed through it."""
