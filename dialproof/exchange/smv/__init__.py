"""NuSMV's language, read and written."""
