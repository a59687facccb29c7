"""The nouns: variables, terms, systems, formulas, runs, claims, verdicts, certificates. It knows nothing of the other rooms."""
