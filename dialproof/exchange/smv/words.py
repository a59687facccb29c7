"""What is a word of SMV, so that nothing else can be called by it: the reserved words of NuSMV 2.6 and of nuXmv 2."""

RESERVED = frozenset(
    {
        "A", "ABF", "ABG", "AF", "AG", "ASSIGN", "AX", "BU", "COMPASSION", "COMPUTE", "COMPWFF", "CONSTANTS", "CONSTARRAY",
        "CONSTRAINT", "CONTINUOUS", "CTLSPEC", "CTLWFF", "DEFINE", "E", "EBF", "EBG", "EF", "EG", "EX", "F", "FAIRNESS",
        "FALSE", "FROZENVAR", "FUN", "G", "H", "IN", "INIT", "INVAR", "INVARSPEC", "ISA", "ITYPE", "IVAR", "JUSTICE", "LTLSPEC",
        "LTLWFF", "MAX", "MDEFINE", "MIN", "MIRROR", "MODULE", "NAME", "O", "PARAMETERS", "PARSYNTH", "PRED", "PREDICATES",
        "PSLSPEC", "PSLWFF", "READ", "S", "SIMPWFF", "SPEC", "T", "TRANS", "TRUE", "U", "V", "VAR", "WRITE", "X", "Y", "Z",
        "abs", "array", "bool", "boolean", "case", "clock", "count", "esac", "extend", "false", "floor", "idle", "in", "init",
        "integer", "itype", "ltlwff", "main", "max", "min", "mod", "next", "noncontinuous", "of", "process", "real", "resize",
        "running", "self", "signed", "since", "sizeof", "swconst", "taken", "time", "toint", "true", "typeof", "union",
        "unsigned", "until", "uwconst", "word", "word1", "xnor", "xor",
    }
)  # fmt: skip
"""With them `taken`, `main`, `true` and the like, which would only confuse a reader."""
