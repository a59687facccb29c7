"""What a dial-on-demand router can do: its parts, the products that compose them, their faults and scenarios."""
