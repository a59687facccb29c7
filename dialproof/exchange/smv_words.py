"""What is a word of SMV, so that nothing else can be called by it: the reserved words of NuSMV 2.6 and of nuXmv 2."""

RESERVED = frozenset(
    (
        "MODULE DEFINE MDEFINE CONSTANTS VAR IVAR FROZENVAR INIT TRANS INVAR SPEC CTLSPEC LTLSPEC PSLSPEC COMPUTE NAME INVARSPEC "
        "FAIRNESS JUSTICE COMPASSION ISA ASSIGN CONSTRAINT SIMPWFF CTLWFF LTLWFF PSLWFF COMPWFF IN MIN MAX MIRROR PRED PREDICATES "
        "process array of boolean integer real word word1 bool signed unsigned extend resize sizeof uwconst swconst EX AX EF AF EG "
        "AG E F O G H X Y Z A U S V T BU EBF ABF EBG ABG case esac mod next init union in xor xnor self TRUE FALSE count abs max "
        "min ITYPE FUN PARSYNTH PARAMETERS toint floor itype ltlwff FALSE clock noncontinuous time since until CONTINUOUS typeof "
        "READ WRITE CONSTARRAY true false idle taken main running"
    ).split()
)
"""Some of them are no words of SMV, but of what is exported."""
