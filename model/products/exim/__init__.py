"""Exim on a line that is dialled on demand: what waits for a queue run, who runs the queue, and when it is too early."""
