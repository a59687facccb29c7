"""The lines of `/etc/config/network` of OpenWrt, as netifd starts and restarts them."""
