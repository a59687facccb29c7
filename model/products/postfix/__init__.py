"""Postfix on a line that is dialled on demand: what its transports hold, and what sends it."""
