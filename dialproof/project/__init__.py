"""Whose scenario it is: verification projects, scenario files, TOML with places, schemas, the skeleton of a new project."""
