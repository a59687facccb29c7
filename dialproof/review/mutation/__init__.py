"""Mutation testing of models: change one place at a time, and see which claims notice (DeMillo, Lipton, Sayward, 1978).

A surviving mutant is either equivalent to the model, which is proved if possible, or differs in something that no claim covers.
"""
