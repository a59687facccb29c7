"""The Internet Mail Service of Exchange Server 5.5."""
