"""Proofs of responses by ranks: predicates, abstraction, invariants by Houdini."""
