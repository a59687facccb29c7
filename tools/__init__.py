"""What keeps the repository honest: generators of its pages, the long campaigns, and how equal two trees are."""
