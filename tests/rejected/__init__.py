"""Corruptions of certificates, each of which must be rejected, and the good certificates that they are made from."""
