"""Dial-on-demand routing of Cisco IOS and IOS XE."""
