"""The daemon pppd, dialling on demand (Linux, BSD; the ppp-project)."""
