"""What a program did, by its log: whether it is a run of the model, and how long messages waited."""
