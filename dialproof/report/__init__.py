"""The report of a review: one file that a reviewer can read and a sceptic can audit, as HTML, PDF or Markdown."""

from dialproof.report.writing import SUFFIXES, prepare, write

__all__ = ["SUFFIXES", "prepare", "write"]
