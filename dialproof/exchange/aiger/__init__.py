"""AIGER, written, and ABC, asked."""
