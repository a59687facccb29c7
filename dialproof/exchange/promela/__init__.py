"""Promela, written, and SPIN, asked."""
