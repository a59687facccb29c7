"""What a model means, in plain Python: the interpreter, evaluation on lassos, the product graph, walks. No solver is asked."""
