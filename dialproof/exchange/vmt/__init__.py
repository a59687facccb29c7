"""VMT-LIB, read and written."""
