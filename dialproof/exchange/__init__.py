"""Other tools' languages: systems and claims written out for SPIN, NuSMV, nuXmv and VMT-LIB, and read back in."""
