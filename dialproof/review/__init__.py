"""A review: the project of some scenarios, their planned checks, and how the verdicts compare with the expected ones."""
