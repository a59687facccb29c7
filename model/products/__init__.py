"""Products: each folder composes the parts into one product's router, by its own keys."""
