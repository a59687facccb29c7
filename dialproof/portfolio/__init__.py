"""Who runs when, and what is remembered: jobs, schedule, workers, cache, and the one driver of planned checks."""
