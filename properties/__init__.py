"""What is claimed of a dial-on-demand router."""
