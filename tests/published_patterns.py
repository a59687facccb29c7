"""The formulas that were printed with the patterns, as they stand on the authors' page "Property pattern mappings for LTL".

Letters are small here, and `o` is `next`. A closing parenthesis is added where one is missing. `DIFFERENT` has, for each formula
that says something else than the paper states, a run that shows it.
"""

_TWICE = "((!p & !r) U (r | ((p & !r) U (r | ((!p & !r) U (r | ((p & !r) U (r | {last}))))))))"
_CHAIN_21 = "(!p U (s & !p & X(!p U t)))"
_CHAIN_21_R = "(!p U (r | (s & !p & X(!p U t))))"
_CHAIN_12_R = "((!(s & !r & X(!r U (t & !r)))) U (r | p))"
_ANSWER_21_R = "(s & X(!r U t) -> X(!r U (t & <> p)))"
_ANSWER_12_R = "(p -> (!r U (s & !r & X(!r U t))))"
_CLEAR_12_R = "(p -> (!r U (s & !r & !z & X((!r & !z) U t))))"

PUBLISHED: dict[tuple[str, str], str] = {
    ("absence", "globally"): "[](!p)",
    ("absence", "before r"): "<>r -> (!p U r)",
    ("absence", "after q"): "[](q -> [](!p))",
    ("absence", "between q and r"): "[]((q & !r & <>r) -> (!p U r))",
    ("absence", "after q until r"): "[](q & !r -> (!p W r))",
    ("universality", "globally"): "[](p)",
    ("universality", "before r"): "<>r -> (p U r)",
    ("universality", "after q"): "[](q -> [](p))",
    ("universality", "between q and r"): "[]((q & !r & <>r) -> (p U r))",
    ("universality", "after q until r"): "[](q & !r -> (p W r))",
    ("existence", "globally"): "<>(p)",
    ("existence", "before r"): "!r W (p & !r)",
    ("existence", "after q"): "[](!q) | <>(q & <>p)",
    ("existence", "between q and r"): "[](q & !r -> (!r W (p & !r)))",
    ("existence", "after q until r"): "[](q & !r -> (!r U (p & !r)))",
    ("bounded existence", "globally"): "(!p W (p W (!p W (p W []!p))))",
    ("bounded existence", "before r"): f"<>r -> {_TWICE.format(last='(!p U r)')}",
    ("bounded existence", "after q"): "<>q -> (!q U (q & (!p W (p W (!p W (p W []!p))))))",
    ("bounded existence", "between q and r"): f"[]((q & <>r) -> {_TWICE.format(last='(!p U r)')})",
    ("bounded existence", "after q until r"): f"[](q -> {_TWICE.format(last='(!p W r) | []p')})",
    ("precedence", "globally"): "!p W s",
    ("precedence", "before r"): "<>r -> (!p U (s | r))",
    ("precedence", "after q"): "[]!q | <>(q & (!p W s))",
    ("precedence", "between q and r"): "[]((q & !r & <>r) -> (!p U (s | r)))",
    ("precedence", "after q until r"): "[](q & !r -> (!p W (s | r)))",
    ("response", "globally"): "[](p -> <>s)",
    ("response", "before r"): "<>r -> ((p -> (!r U (s & !r))) U r)",
    ("response", "after q"): "[](q -> [](p -> <>s))",
    ("response", "between q and r"): "[]((q & !r & <>r) -> ((p -> (!r U (s & !r))) U r))",
    ("response", "after q until r"): "[](q & !r -> ((p -> (!r U (s & !r))) W r))",
    ("precedence chain 2-1", "globally"): f"<>p -> {_CHAIN_21}",
    ("precedence chain 2-1", "before r"): f"<>r -> {_CHAIN_21_R}",
    ("precedence chain 2-1", "after q"): f"([]!q) | (!q U (q & <>p -> {_CHAIN_21}))",
    ("precedence chain 2-1", "between q and r"): f"[]((q & <>r) -> {_CHAIN_21_R})",
    ("precedence chain 2-1", "after q until r"): f"[](q -> (<>p -> {_CHAIN_21_R}))",
    ("precedence chain 1-2", "globally"): "(<>(s & X<>t)) -> ((!s) U p)",
    ("precedence chain 1-2", "before r"): f"<>r -> {_CHAIN_12_R}",
    ("precedence chain 1-2", "after q"): "([]!q) | ((!q) U (q & ((<>(s & X<>t)) -> ((!s) U p))))",
    ("precedence chain 1-2", "between q and r"): f"[]((q & <>r) -> {_CHAIN_12_R})",
    ("precedence chain 1-2", "after q until r"): f"[](q -> ({_CHAIN_12_R} | [](!(s & X<>t))))",
    ("response chain 2-1", "globally"): "[] (s & X<> t -> X(<>(t & <> p)))",
    ("response chain 2-1", "before r"): f"<>r -> ({_ANSWER_21_R} U r)",
    ("response chain 2-1", "after q"): "[] (q -> [] (s & X<> t -> X(!t U (t & <> p))))",
    ("response chain 2-1", "between q and r"): f"[] ((q & <>r) -> ({_ANSWER_21_R} U r))",
    ("response chain 2-1", "after q until r"): f"[] (q -> ({_ANSWER_21_R} U (r | [] {_ANSWER_21_R})))",
    ("response chain 1-2", "globally"): "[] (p -> <>(s & X<>t))",
    ("response chain 1-2", "before r"): f"<>r -> ({_ANSWER_12_R} U r)",
    ("response chain 1-2", "after q"): "[] (q -> [] (p -> (s & X<> t)))",
    ("response chain 1-2", "between q and r"): f"[] ((q & <>r) -> ({_ANSWER_12_R} U r))",
    ("response chain 1-2", "after q until r"): f"[] (q -> ({_ANSWER_12_R} U (r | [] (p -> (s & X<> t)))))",
    ("constrained response chain 1-2", "globally"): "[] (p -> <>(s & !z & X(!z U t)))",
    ("constrained response chain 1-2", "before r"): f"<>r -> ({_CLEAR_12_R} U r)",
    ("constrained response chain 1-2", "after q"): "[] (q -> [] (p -> (s & !z & X(!z U t))))",
    ("constrained response chain 1-2", "between q and r"): f"[] ((q & <>r) -> ({_CLEAR_12_R} U r))",
    ("constrained response chain 1-2", "after q until r"): (f"[] (q -> ({_CLEAR_12_R} U (r | [] (p -> (s & !z & X(!z U t))))))"),
}
"""By pattern and scope."""

DIFFERENT: dict[tuple[str, str], str] = {
    ("precedence", "after q"): "p,q (q)",
    ("precedence chain 2-1", "after q"): ". p,q (.)",
    ("response chain 2-1", "before r"): "s (r,t)",
    ("response chain 2-1", "between q and r"): "q,s (r,t)",
    ("response chain 2-1", "after q until r"): "q,s (r,t)",
    ("response chain 1-2", "before r"): "p,s (r,t)",
    ("response chain 1-2", "after q"): "q,p s t (.)",
    ("response chain 1-2", "between q and r"): "p,q,s (r,t)",
    ("response chain 1-2", "after q until r"): "q (p s t)",
    ("constrained response chain 1-2", "before r"): "p,s (r,t)",
    ("constrained response chain 1-2", "after q"): "q,p s t (.)",
    ("constrained response chain 1-2", "between q and r"): "p,q,s (r,t)",
    ("constrained response chain 1-2", "after q until r"): "q (p s t)",
}
"""The formulas that say something else than the paper states, each with a run on which the two differ."""
