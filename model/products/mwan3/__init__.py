"""mwan3, the multi-line manager of OpenWrt: which line traffic takes, and which lines are taken for alive."""
