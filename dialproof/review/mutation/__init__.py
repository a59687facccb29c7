"""Mutation of models: broken in one place after the other, to see which claims notice (DeMillo, Lipton, Sayward, 1978).

What no claim notices is either no difference at all, which is proved where it can be, or something that nothing was claimed of.
"""
