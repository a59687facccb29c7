"""SMV models that are refused: the message names the line and the reason."""

from pathlib import Path

import pytest

from dialproof.core.errors import InputError
from dialproof.exchange.smv.grammar import SmvText
from dialproof.exchange.smv.reading import checks_in, smv_checks

HEAD = "MODULE main\nVAR n : 0..3; p : boolean; c : {red, green};\n"
REFUSED = [
    ("SPEC AG p", 3, "SPEC is outside the part of SMV that dialproof reads: branching time"),
    ("CTLSPEC AG p", 3, "CTLSPEC is outside"),
    ("LTLSPEC G EF p", 3, "EF is outside"),
    ("VAR a : array 0..n of boolean;\nLTLSPEC p", 3, "n is a variable; a constant is needed here"),
    ("VAR a : array 3..0 of boolean;\nLTLSPEC p", 3, "3..0 are 0"),
    ("VAR a : array 0..9999 of boolean;\nLTLSPEC p", 3, "an array has from 1 to 4096 elements"),
    ("VAR a : array 0..3 of boolean;\nLTLSPEC a", 4, "a is an array; name one of its elements"),
    ("VAR a : array 0..3 of boolean;\nLTLSPEC a[4]", 4, "a has no element 4; its first is 0, its last 3"),
    ("VAR a : array 0..2 of boolean;\nLTLSPEC a[n]", 4, "this index may be outside 0..2"),
    ("VAR a : array 0..2 of boolean;\nLTLSPEC n < 3 & F a[n]", 4, "this index may be outside 0..2"),
    ("VAR a : array 0..2 of boolean;\nTRANS n < 3 -> next(a[n])\nLTLSPEC p", 4, "this index may be outside 0..2"),
    ("VAR a : array 0..3 of boolean;\nLTLSPEC a[p]", 4, "a number is needed here"),
    ("VAR a : array 0..3 of boolean;\nLTLSPEC a[0][1]", 4, "there are more indices than the array has"),
    ("VAR a : array 0..1 of array 0..1 of boolean;\nLTLSPEC a[0]", 4, "a has more indices than that"),
    ("VAR a : array 0..1 of array 0..1 of boolean;\nLTLSPEC a[n mod 2]", 4, "a has more indices than that"),
    ("VAR a : array 0..3 of boolean;\nASSIGN next(a[n]) := p;\nLTLSPEC p", 4, "number is needed here"),
    ("VAR a : array 0..3 of boolean;\nASSIGN next(a) := p;\nLTLSPEC p", 4, "only a variable can be assigned to"),
    ("VAR a : array 0..1 of boolean;\nASSIGN next(a[1]) := p; next(a[1]) := !p;\nLTLSPEC p", 4, "a[1] is assigned to twice"),
    ("VAR a : array 0..3 of 0..1;\nASSIGN next(a[1]) := 2;\nLTLSPEC p", 4, "a[1] may get a value here that is outside 0..1"),
    ("VAR a : word[8];\nLTLSPEC p", 3, "word is outside"),
    ("VAR a : real;\nLTLSPEC p", 3, "real is outside the part of SMV that dialproof reads: numbers are integers here"),
    ("VAR a : process thing;\nLTLSPEC p", 3, "process is outside"),
    ("VAR a : nothing;\nLTLSPEC p", 3, "neither a type nor a module called nothing"),
    ("LTLSPEC n[0] = 1", 3, "an index can stand behind the name of an array only"),
    ("LTLSPEC q", 3, "nothing is called q"),
    ("LTLSPEC n-1 = 0", 3, "write blanks around it"),
    ("LTLSPEC n", 3, "a truth value is needed here"),
    ("LTLSPEC n = p", 3, "values of different types"),
    ("LTLSPEC c = blue", 3, "nothing is called blue"),
    ("LTLSPEC p + 1 = 2", 3, "a number is needed here"),
    ("LTLSPEC n / n = 1", 3, "divide only by what is never 0"),
    ("LTLSPEC n > 0 & X (n / n = 1)", 3, "divide only by what is never 0"),
    ("VAR m : integer;\nLTLSPEC m != 0 -> n / m = 1", 4, "divide only by what is never 0"),
    ("LTLSPEC next(p)", 3, "next(...) can stand in TRANS"),
    ("INIT next(p)\nLTLSPEC p", 3, "next(...) can stand in TRANS"),
    ("INVARSPEC G p", 3, "temporal operators can stand in LTLSPEC only"),
    ("LTLSPEC n = {1, 2}", 3, "a set can stand on the right of an assignment"),
    ("ASSIGN next(n) := n + 1;\nLTLSPEC p", 3, "n may get a value here that is outside 0..3"),
    ("ASSIGN init(n) := {1, 5};\nLTLSPEC p", 3, "n may get a value here that is outside 0..3"),
    ("ASSIGN next(c) := p;\nLTLSPEC p", 3, "its type is another one"),
    ("ASSIGN next(n) := 0; next(n) := 1;\nLTLSPEC p", 3, "n is assigned to twice"),
    ("ASSIGN n := 0; next(n) := 1;\nLTLSPEC p", 3, "n is assigned to twice"),
    ("DEFINE d := !p; ASSIGN next(d) := p;\nLTLSPEC p", 3, "only a variable can be assigned to"),
    ("ASSIGN next(n) := case p : 0; esac;\nLTLSPEC p", 3, "no branch of this case may apply"),
    ("DEFINE a := b; b := a;\nLTLSPEC a", 4, "stands for itself"),
    ("DEFINE a := !a;\nLTLSPEC a", 3, "stands for itself"),
    ("VAR n : boolean;\nLTLSPEC p", 3, "n is declared twice"),
    ("VAR m : 3..1;\nLTLSPEC p", 3, "3..1 is empty"),
    ("VAR m : 0..n;\nLTLSPEC p", 3, "n is a variable; a constant is needed here"),
    ("VAR m : {1, two};\nLTLSPEC p", 3, "numbers and symbols in one enumeration"),
    ("VAR m : {TRUE, FALSE};\nLTLSPEC p", 3, "for truth values write boolean"),
    ("VAR m : integer;\nTRANS next(m) * next(m) = m\nLTLSPEC p", 1, "it is not found out for which states next m"),
    ("IVAR i : boolean;\nFAIRNESS i\nLTLSPEC p", 4, "i is an input"),
    ("IVAR i : boolean;\nINVARSPEC i", 4, "i is an input"),
    ("IVAR i : boolean;\nTRANS next(i)\nLTLSPEC p", 4, "i is an input: it has no next value"),
    ("IVAR i : boolean;\nASSIGN next(i) := p;\nLTLSPEC p", 4, "i is an input"),
    ("LTLSPEC F [3, 1] p", 3, "0 <= low <= high"),
    ("LTLSPEC (p", 3, "the file ends in the middle of something"),
    ("LTLSPEC p &", 3, "the file ends in the middle of something"),
    ("LTLSPEC p ) q", 3, "')' cannot stand here"),
    ("LTLSPEC p ? q", 3, "the file ends"),
    ("LTLSPEC 0ub4_1 = 1", 3, "'0' cannot stand here"),
    ("", 1, "no LTLSPEC and no INVARSPEC"),
    ("MODULE main\nLTLSPEC p", 3, "two modules called main"),
    ("LTLSPEC p.q", 3, "no instance of a module"),
]


@pytest.mark.parametrize(("text", "line", "reason"), REFUSED, ids=[f"{one[0]!r}" for one in REFUSED])
def test_what_is_not_read_is_refused_by_name_and_line(text: str, line: int, reason: str, tmp_path: Path) -> None:
    """Nothing is skipped: a file of which a part is not understood is not checked at all."""
    file = tmp_path / "model.smv"
    file.write_text(HEAD + text)
    with pytest.raises(InputError) as refused:
        smv_checks(file)
    assert str(refused.value).startswith(f"{file}:{line}:"), str(refused.value)
    assert reason in str(refused.value)


MODULES = [
    ("MODULE a(x) VAR y : boolean;\nMODULE main VAR i : a;\nLTLSPEC i.y", 2, "module a takes 1 parameters; 0 are given"),
    ("MODULE a VAR i : a;\nMODULE main VAR i : a;\nLTLSPEC TRUE", 1, "module a contains itself"),
    ("MODULE a VAR y : boolean;\nMODULE main VAR i : a;\nLTLSPEC i", 3, "i is an instance of a module; name something in it"),
    ("MODULE a VAR y : boolean;\nMODULE main VAR i : a;\nLTLSPEC i.z", 3, "there is no i.z"),
    ("MODULE a VAR y : boolean;\nMODULE main VAR i : a; i.y : boolean;\nLTLSPEC i.y", 2, "i.y is declared twice"),
    ("MODULE a VAR y : boolean;\nMODULE main VAR i.y : boolean;\nLTLSPEC i.z", 3, "there is no i.z"),
    ("MODULE other VAR y : boolean;\nLTLSPEC y", 1, "there is no MODULE main"),
    ("VAR y : boolean;", 1, "'VAR' cannot stand here"),
    ("MODULE main(x) VAR y : boolean;\nLTLSPEC y", 1, "module main takes 1 parameters; 0 are given"),
]


@pytest.mark.parametrize(("text", "line", "reason"), MODULES)
def test_modules_that_do_not_fit_together_are_refused(text: str, line: int, reason: str) -> None:
    with pytest.raises(InputError) as refused:
        checks_in(SmvText("model.smv", text))
    assert str(refused.value).startswith(f"model.smv:{line}:"), str(refused.value)
    assert reason in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        smv_checks(tmp_path / "nothing.smv")
    (tmp_path / "latin.smv").write_bytes(b"MODULE main\n-- f\xfcr\n")
    with pytest.raises(InputError, match=r"latin.smv:2:5: not UTF-8"):
        smv_checks(tmp_path / "latin.smv")
