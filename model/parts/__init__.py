"""What every dial-on-demand router is made of; no product is known here."""
