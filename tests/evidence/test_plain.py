"""A certificate as plain data: what is read is refused unless it is the certificate of one proof rule, in its one form."""

import json

import pytest

from dialproof.core.certificates import (
    Case,
    Conjunction,
    Exhaustive,
    InductiveInvariant,
    KInduction,
    KLiveness,
    LivenessToSafety,
    WellFoundedResponse,
)
from dialproof.core.errors import CertificateError
from dialproof.evidence.certificates.plain import canonical, from_plain, to_plain


def response(cases: list[object]) -> dict[str, object]:
    """A response proof with these cases."""
    return {"method": "response", "invariant": "true", "cases": cases}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("text", "`certificate` must be an object"),
        ({"depth": 1}, "`method` is missing"),
        ({"method": "intuition"}, "no certificate method 'intuition' is known; known: invariant, k-induction, "),
        ({"method": "k-induction", "depth": 1, "trust": 1}, "it has `trust`, which is no field of the method 'k-induction'"),
        ({"method": "exhaustive", "depth": 1}, "it has `depth`, which is no field of the method 'exhaustive'"),
        ({"method": "exhaustive", "states": 1, "invariant": "true"}, "`invariant`, which is no field of the method 'exhaustive'"),
        ({"method": "invariant", "invariant": "true", "fairness": ["a"]}, "`fairness`, which is no field of the method 'inv"),
        ({"method": "response", "invariant": "true", "kept": ["x"]}, "`kept`, which is no field of the method 'response'"),
        ({"method": "conjunction", "parts": [], "kept": ["x"]}, "`kept`, which is no field of the method 'conjunction'"),
        ({"method": "k-induction"}, "`depth` is missing"),
        ({"method": "invariant"}, "`invariant` is missing"),
        ({"method": "k-liveness", "invariant": "true"}, "`depth` is missing"),
        ({"method": "conjunction", "fairness": ["a"]}, "`parts` is missing"),
        ({"method": ["k-induction"]}, "`certificate.method` has the wrong type"),
        ({"method": "k-induction", "depth": "2"}, "`certificate.depth` has the wrong type"),
        ({"method": "k-induction", "depth": True}, "`certificate.depth` has the wrong type"),
        ({"method": "invariant", "invariant": 1}, "`certificate.invariant` has the wrong type"),
        ({"method": "exhaustive", "fairness": ["a", 1]}, r"`certificate.fairness\[1\]` has the wrong type"),
        ({"method": "exhaustive", "fairness": "a"}, "`certificate.fairness` has the wrong type"),
        ({"method": "exhaustive", "states": None}, "`certificate.states` has the wrong type"),
        ({"method": "invariant", "invariant": "true", "kept": 1}, "`certificate.kept` has the wrong type"),
        ({"method": "invariant", "invariant": "true", "kept": None}, "not written in its one form"),
        ({"method": "exhaustive", "fairness": []}, "not written in its one form"),
        ({"method": "exhaustive", "states": 0}, "not written in its one form"),
        ({"method": "exhaustive", "ranges": None}, "not written in its one form"),
        ({"method": "exhaustive", "ranges": 1}, "`certificate.ranges` must be an object"),
        ({"method": "exhaustive", "ranges": {"method": "k-induction"}}, "`certificate.ranges` is no certificate .*: `depth` is"),
        ({"method": "conjunction", "parts": [{"method": "exhaustive"}, 1]}, r"`certificate.parts\[1\]` must be an object"),
        ({"method": "response", "invariant": "true", "cases": [1]}, r"`certificate.cases\[0\]` must be an object"),
        (response([{"region": "true"}]), r"`certificate.cases\[0\]` is no certificate .*: `rank` is missing"),
        (response([{"region": "true", "rank": ["0"], "method": "case"}]), "`method`, which is no field of a case"),
        (response([{"region": "true", "rank": [0]}]), r"`certificate.cases\[0\].rank\[0\]` has the wrong type"),
        (response([{"region": "true", "rank": ["0"], "inner": []}]), r"`certificate.cases\[0\]` is not written in its one form"),
        (response([{"region": "true", "rank": ["0"], "inner": [{}]}]), r"`certificate.cases\[0\].inner\[0\]` is no certificate"),
    ],
)
def test_what_is_no_plain_certificate_is_refused(content: object, why: str) -> None:
    with pytest.raises(CertificateError, match=why):
        from_plain(content)


def test_a_plain_certificate_comes_back_with_all_that_it_says() -> None:
    leaf = LivenessToSafety(invariant="true", fairness=("a",), compared=("x",), kept=("x", "y"))
    nothing_kept = InductiveInvariant(invariant="true", kept=())
    whole = Conjunction(parts=(leaf, nothing_kept, KInduction(depth=3)), fairness=("a",))
    assert from_plain(json.loads(json.dumps(to_plain(whole)))) == whole
    assert to_plain(nothing_kept) == {"method": "invariant", "invariant": "true", "kept": []}
    ranked = WellFoundedResponse("true", ("a",), (Case("true", ("0",), "a", (Case("true", ("1",)),)),), ranges=Exhaustive(3))
    assert from_plain(json.loads(json.dumps(to_plain(ranked)))) == ranked


def test_fields_are_written_in_one_order() -> None:
    """So that a certificate of an older version is the same file."""
    whole = Conjunction((KLiveness("true", 2, ("a",), ("x",)), KInduction(1)), ("a",), ranges=KInduction(2))
    assert json.dumps(to_plain(whole)) == (
        '{"method": "conjunction", "fairness": ["a"], "parts": ['
        '{"method": "k-liveness", "invariant": "true", "depth": 2, "fairness": ["a"], "kept": ["x"]}, '
        '{"method": "k-induction", "depth": 1}], "ranges": {"method": "k-induction", "depth": 2}}'
    )


def test_the_text_that_a_hash_is_taken_of_has_sorted_keys_no_spaces_and_no_letter_beyond_ascii() -> None:
    """So that everybody computes the same hash, whatever the encoding."""
    assert canonical({"b": [1, True], "a": "né"}) == '{"a":"n\\u00e9","b":[1,true]}'


def test_what_is_no_plain_data_cannot_be_written() -> None:
    with pytest.raises(TypeError, match=r"this one holds 1.5"):
        to_plain(KInduction(depth=1.5))  # type: ignore[arg-type]
