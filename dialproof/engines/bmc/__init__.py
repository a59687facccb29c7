"""Bounded model checking: shortest violations, in the whole system or near the claim first."""
