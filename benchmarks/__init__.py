"""Benchmarks: how the time of a check grows with the number of e-mail-domain entries, measured and written down."""
