"""The engines: ways to find a violation or a proof. Nothing that one says is believed before replay or audit."""
