"""The commands, a module each; they import what takes long only when they run."""
