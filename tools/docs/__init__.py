"""The book, and what keeps it true: its blocks are run, and the output that it shows is generated."""
