"""Finite transitions over truth values alone, as gates and as terms."""
