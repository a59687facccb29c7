"""From systems and formulas to transition systems that solvers read. Engines and the auditor share these, nothing else."""
