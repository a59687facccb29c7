"""The grammars of configuration files: each reader keeps the line of what it reads, and executes nothing."""
