"""Logs of programs that run, read as events of the model."""
