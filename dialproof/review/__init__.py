"""A review: the project that scenarios belong to, the checks they plan, and how the verdicts compare with what was expected."""
