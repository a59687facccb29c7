"""strongSwan (swanctl): tunnels that are started, or that traffic brings up, and what happens when they end."""
