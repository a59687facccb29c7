"""Certificates that must be rejected, each in a folder of its own, and the good ones that they were made from."""
