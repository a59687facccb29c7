"""Proofs and violations by constrained Horn clauses (z3's Spacer)."""
