"""The corruptions: what can be done to a certificate, by mistake or on purpose, and the reason for which it must be rejected."""

import json
from pathlib import Path
from typing import Any

from dialproof.evidence.certificates.plain import sha256
from tests.rejected.forging import AGAIN, BOTH, JAMS, LAMP, LEAVES, OPENED, Corruption, Forgery

TRIVIAL = b"(set-logic ALL)\n(assert false)\n(check-sat)\n"


def invariant(forgery: Forgery) -> str:
    """The invariant of a certificate that has one."""
    return str(forgery.manifest["certificate"]["invariant"])


def _cases(forgery: Forgery, only: int | None = None, **changes: Any) -> None:
    """Alter all cases of a response proof, or only one; everything else is made to fit."""
    cases = json.loads(json.dumps(forgery.manifest["certificate"]["cases"]))
    for place, case in enumerate(cases):
        if only is None or place == only:
            case.update(changes)
            if not case.get("helpful", "?"):
                del case["helpful"]
    promised = {case.get("helpful") for case in cases} & {"open", "close", "light"}
    forgery.reseal(cases=cases, fairness=sorted(promised))


def _obligation_altered(forgery: Forgery) -> None:
    name = forgery.script(-1)
    forgery.files[name] = forgery.files[name].replace(b"(check-sat)", b"(assert false)\n(check-sat)")


def _obligation_altered_and_rehashed(forgery: Forgery) -> None:
    forgery.rewrite(-1, forgery.files[forgery.script(-1)].replace(b"(check-sat)", b"(assert false)\n(check-sat)"))


def _obligation_of_another_claim(forgery: Forgery) -> None:
    other = Path(__file__).parent / "accepted" / f"gate-{BOTH}-none.cert"
    listed = json.loads((other / "manifest.json").read_text())["obligations"]
    forgery.rewrite(-1, (other / listed[-1]["file"]).read_bytes())


def _obligation_dropped(forgery: Forgery) -> None:
    del forgery.files[forgery.script(-1)]
    forgery.manifest["obligations"].pop()


def _obligation_added(forgery: Forgery) -> None:
    forgery.files["obligations/99-lemma.smt2"] = TRIVIAL
    forgery.manifest["obligations"].append({**forgery.manifest["obligations"][-1], "file": "obligations/99-lemma.smt2"})


def _one_file_for_all(forgery: Forgery) -> None:
    for one in forgery.manifest["obligations"]:
        one |= {"file": forgery.script(0), "sha256": forgery.manifest["obligations"][0]["sha256"]}
    forgery.files = {name: forgery.files[name] for name in (forgery.manifest["scenario"]["file"], forgery.script(0))}


def _parts(forgery: Forgery) -> list[Any]:
    return list(forgery.manifest["certificate"]["parts"])


def _fairness_not_needed(forgery: Forgery) -> None:
    forgery.reseal(fairness=(*forgery.manifest["certificate"]["fairness"], "light"))


def _path_out_of_the_folder(forgery: Forgery) -> None:
    name = forgery.script(0)
    forgery.manifest["obligations"][0]["file"] = "../gate.toml"
    del forgery.files[name]


def _linked(forgery: Forgery) -> None:
    forgery.links[forgery.script(0)] = "../scenario.toml"


def _nested(forgery: Forgery) -> None:
    proof: dict[str, Any] = {"method": "invariant", "invariant": "true"}
    for _ in range(400):
        proof = {"method": "conjunction", "parts": [proof]}
    forgery.manifest["certificate"] = proof
    forgery.raw = lambda text: json.dumps(json.loads(text)).encode()  # without indentation, which would grow with each part


def _said(forgery: Forgery, key: str, **changes: Any) -> None:
    forgery.manifest[key] |= changes


def _text(old: bytes, new: bytes) -> Any:
    """A change of the manifest's text that JSON's objects cannot hold."""

    def act(forgery: Forgery) -> None:
        def raw(text: bytes) -> bytes:
            assert old in text, f"{old!r} is no part of the manifest any more"
            return text.replace(old, new, 1)

        forgery.raw = raw

    return act


def _table_added(forgery: Forgery, content: bytes = b"rows") -> None:
    forgery.manifest["scenario"]["reads"] = [{"file": "table.csv", "sha256": sha256(b"rows")}]
    forgery.files["table.csv"] = content


def _scenario(old: bytes, new: bytes, *, rehashed: bool = True) -> Any:
    def act(forgery: Forgery) -> None:
        name = forgery.manifest["scenario"]["file"]
        data = forgery.files[name].replace(old, new)
        assert data != forgery.files[name]
        if rehashed:
            forgery.use_scenario(data)
        else:
            forgery.files[name] = data

    return act


CORRUPTIONS = (
    # --- the obligations ---
    Corruption(
        "obligation-altered", OPENED, "a contradiction was written into an obligation", "was altered", _obligation_altered
    ),
    Corruption(
        "obligation-altered-and-rehashed", OPENED, "... and its hash in the manifest made to fit",
        "is not the one of this proof", _obligation_altered_and_rehashed,
    ),
    Corruption(
        "obligation-trivial", OPENED, "an obligation was replaced by one that is always unsatisfiable",
        "is not the one of this proof", lambda forgery: forgery.rewrite(-1, TRIVIAL),
    ),
    Corruption(
        "obligation-of-another-claim", OPENED, "an obligation was replaced by one of another certificate",
        "is not the one of this proof", _obligation_of_another_claim,
    ),
    Corruption(
        "obligation-file-missing", OPENED, "an obligation's file was deleted", "is missing",
        lambda forgery: forgery.files.pop(forgery.script(0)),
    ),
    Corruption(
        "obligation-dropped", OPENED, "an obligation was deleted, in the manifest too",
        "the manifest lists the obligations", _obligation_dropped,
    ),
    Corruption(
        "obligation-unlisted", OPENED, "a file was added that the manifest does not list",
        "is in the folder, but not in the manifest",
        lambda forgery: forgery.files.__setitem__("obligations/99-lemma.smt2", TRIVIAL),
    ),
    Corruption(
        "obligation-added", OPENED, "an obligation was added, in the manifest too",
        "the manifest lists the obligations", _obligation_added,
    ),
    Corruption(
        "obligations-reordered", OPENED, "the manifest lists the obligations in another order",
        "the manifest lists the obligations", lambda forgery: forgery.manifest["obligations"].reverse(),
    ),
    Corruption(
        "obligations-in-one-file", OPENED, "all obligations name the file of the first one",
        "is not the one of this proof", _one_file_for_all,
    ),
    Corruption(
        "obligation-said-to-establish-more", OPENED, "what an obligation is said to establish was reworded",
        "is not the one of this proof",
        lambda forgery: forgery.manifest["obligations"][-1].update(establishes="the gate is opened within a minute"),
    ),
    # --- the proof ---
    Corruption(
        "invariant-altered", OPENED, "the invariant was altered, and nothing else", "the proof was altered",
        lambda forgery: forgery.manifest["certificate"].update(invariant="true"),
    ),
    Corruption(
        "invariant-weakened-to-true", OPENED, "the invariant says nothing; everything else was made to fit",
        "answers 'sat' to the obligation 'safety'", lambda forgery: forgery.reseal(invariant="true"),
    ),
    Corruption(
        "invariant-strengthened-to-false", OPENED, "the invariant excludes every state; everything else was made to fit",
        "answers 'sat' to the obligation 'initiation'", lambda forgery: forgery.reseal(invariant="false"),
    ),
    Corruption(
        "invariant-of-a-foreign-constant", OPENED, "the invariant speaks of something that no state has",
        "cannot be read", lambda forgery: forgery.reseal(invariant="|dialproof.trust me|"),
    ),
    Corruption(
        "invariant-of-an-input", OPENED, "the invariant speaks of the action taken, which no state knows",
        "cannot be read", lambda forgery: forgery.reseal(invariant="|dialproof.action 0|"),
    ),
    Corruption(
        "invariant-quantified", OPENED, "the invariant has a quantifier", "something that is no state variable",
        lambda forgery: forgery.reseal(invariant="(forall ((b Bool)) (or b (not b)))"),
    ),
    Corruption(
        "invariant-shadowed", OPENED, "names of the invariant are bound anew, so that it says nothing",
        "answers 'sat' to the obligation 'safety'",
        lambda forgery: forgery.reseal(invariant=f"(let ((hidden {invariant(forgery)})) (let ((hidden true)) hidden))"),
    ),
    Corruption(
        "invariant-resets", OPENED, "the invariant ends its assertion and resets the solver", "must be one SMT-LIB term",
        lambda forgery: forgery.reseal(invariant="true) (reset) (assert false"),
    ),
    Corruption(
        "invariant-pushes", OPENED, "the invariant ends its assertion and opens a scope", "must be one SMT-LIB term",
        lambda forgery: forgery.reseal(invariant=f"{invariant(forgery)}) (push 1) (assert false) (pop 1) (assert true"),
    ),
    Corruption(
        "invariant-reads-a-file", OPENED, "the invariant has the solver read a file", "must be one SMT-LIB term",
        lambda forgery: forgery.reseal(invariant='true) (include "scenario.toml") (assert true'),
    ),
    Corruption(
        "invariant-comments-out", OPENED, "the invariant makes a comment of what follows it", "must be one SMT-LIB term",
        lambda forgery: forgery.reseal(invariant="false) ; "),
    ),
    Corruption(
        "invariant-no-formula", OPENED, "the invariant is a number", "cannot be read",
        lambda forgery: forgery.reseal(invariant="(+ 1 1)"),
    ),
    Corruption(
        "rank-constant", LEAVES, "the ranks were made the same; everything else was made to fit",
        "answers 'sat' to the obligation 'case", lambda forgery: _cases(forgery, rank=["0"]),
    ),
    Corruption(
        "rank-negative", LEAVES, "the ranks were made to fall below zero", "answers 'sat' to the obligation 'case 1: bounded'",
        lambda forgery: _cases(forgery, rank=["(- 1)"]),
    ),
    Corruption(
        "rank-no-number", LEAVES, "the rank is a truth", "the rank of case 1 cannot be read",
        lambda forgery: _cases(forgery, rank=["true"]),
    ),
    Corruption(
        "ranks-of-different-length", LEAVES, "one rank has more elements than the other", "need the same length",
        lambda forgery: _cases(forgery, 1, rank=["0", "0"]),
    ),
    Corruption(
        "region-empty", LEAVES, "no state is in the region of a case", "answers 'sat' to the obligation",
        lambda forgery: _cases(forgery, 1, region="false"),
    ),
    Corruption(
        "region-too-large", LEAVES, "the region of a case was made to hold every state", "answers 'sat' to the obligation 'case",
        lambda forgery: _cases(forgery, region="true"),
    ),
    Corruption(
        "region-of-an-input", LEAVES, "the region of a case speaks of the action that is taken", "cannot be read",
        lambda forgery: _cases(forgery, region="|dialproof.action 0|"),
    ),
    Corruption(
        "helpful-unfair", LEAVES, "the helpful action of a case is one that nobody promises", "no fairness condition 'ring'",
        lambda forgery: _cases(forgery, helpful="ring"),
    ),
    Corruption(
        "helpful-of-another-action", LEAVES, "the helpful action of a case is a fair one that does not help",
        "answers 'sat' to the obligation 'case 1: helps'", lambda forgery: _cases(forgery, helpful="light"),
    ),
    Corruption(
        "helpful-dropped", LEAVES, "of each case it is said that every step makes its rank smaller",
        "answers 'sat' to the obligation 'case 1: helps'", lambda forgery: _cases(forgery, helpful=""),
    ),
    Corruption(
        "cases-dropped", LEAVES, "there are no cases at all", "which no part of the proof uses",
        lambda forgery: forgery.reseal(cases=()),
    ),
    Corruption(
        "response-invariant-dropped", LEAVES, "the invariant was weakened to true", "answers 'sat' to the obligation",
        lambda forgery: forgery.reseal(invariant="true"),
    ),
    Corruption(
        "response-without-its-fairness", LEAVES, "the fairness of closing the gate is no longer listed",
        "no fairness condition 'close'",
        lambda forgery: forgery.reseal(fairness=("open",)),
    ),
    Corruption(
        "method-unknown", OPENED, "the method is one that nobody knows", "no certificate method 'intuition'",
        lambda forgery: forgery.reseal(method="intuition"),
    ),
    Corruption(
        "method-renamed", OPENED, "a proof that something happens is called a proof that something does not",
        "is for a safety claim", lambda forgery: forgery.reseal(method="invariant", fairness=(), compared=()),
    ),
    Corruption(
        "method-renamed-to-k-liveness", OPENED, "an invariant that saves a state is called one that counts rounds",
        "cannot be read", lambda forgery: forgery.reseal(method="k-liveness", depth=1, compared=()),
    ),
    Corruption(
        "depth-lowered", JAMS, "k was lowered; everything else was made to fit", "answers 'sat' to the obligation 'step'",
        lambda forgery: forgery.reseal(depth=1),
    ),
    Corruption(
        "depth-zero", JAMS, "k is none at all", "k of at least 1", lambda forgery: forgery.reseal(depth=0)
    ),
    Corruption(
        "depth-without-end", JAMS, "k is so large that the obligations would never be made", "counts to more than",
        lambda forgery: forgery.proof({"depth": 10**12}),
    ),
    Corruption(
        "compared-unknown", OPENED, "the proof compares a variable that the system does not have",
        "which the system does not have", lambda forgery: forgery.reseal(compared=("gate", "bell")),
    ),
    Corruption(
        "compared-with-what-is-not-kept", OPENED, "the proof compares a variable that it leaves open",
        "compares variables that it does not keep", lambda forgery: forgery.reseal(compared=("gate", "lamp")),
    ),
    Corruption(
        "kept-twice", OPENED, "the proof keeps a variable twice", "no local form of the system",
        lambda forgery: forgery.reseal(kept=("gate", "gate")),
    ),
    Corruption(
        "kept-reordered", OPENED, "the kept variables change places, and with them what the invariant says",
        "cannot be read", lambda forgery: forgery.reseal(kept=("ringing", "gate")),
    ),
    Corruption(
        "parts-dropped", BOTH, "a part of the proof was left out", "the claim has 2 conjuncts, the certificate 1 parts",
        lambda forgery: forgery.reseal(parts=_parts(forgery)[:1], fairness=("open",)),
    ),
    Corruption(
        "parts-duplicated", BOTH, "a part of the proof stands there twice", "the claim has 2 conjuncts, the certificate 3 parts",
        lambda forgery: forgery.reseal(parts=(*_parts(forgery), _parts(forgery)[0])),
    ),
    Corruption(
        "parts-reordered", BOTH, "the parts of the proof changed places", "it is no proof",
        lambda forgery: forgery.reseal(parts=_parts(forgery)[::-1]),
    ),
    Corruption(
        "parts-without-end", BOTH, "the proof has parts within parts, hundreds deep", "cannot be read|parts within parts", _nested
    ),
    Corruption(
        "states-counted-wrong", LAMP, "the exhaustive search is said to have met another number of states",
        "the certificate speaks of 99 states", lambda forgery: forgery.reseal(states=99),
    ),
    Corruption(
        "exhaustive-of-what-is-false", LAMP, "the exhaustive search is said to have proved a claim that is false",
        "it is no proof", lambda forgery: forgery.reseal(claim="gate-stays-shut"),
    ),
    # --- what it rests on ---
    Corruption(
        "fairness-omitted", OPENED, "the proof does without a fairness condition that it needs; everything else was made to fit",
        "answers 'sat' to the obligation 'safety'|cannot be read", lambda forgery: forgery.reseal(fairness=()),
    ),
    Corruption(
        "fairness-omitted-by-an-exhaustive-search", LAMP, "... of an exhaustive search",
        "there is a fair run that violates the claim", lambda forgery: forgery.reseal(fairness=()),
    ),
    Corruption(
        "fairness-not-listed", BOTH, "the list leaves out fairness that a part uses", "omits a fairness condition",
        lambda forgery: forgery.reseal(fairness=("close",)),
    ),
    Corruption(
        "fairness-hidden-in-the-manifest", LAMP, "the manifest says that the proof rests on nothing", "rests_on.weak",
        lambda forgery: _said(forgery, "rests_on", weak=[]),
    ),
    Corruption(
        "fairness-of-an-unfair-action", OPENED, "the proof lists the fairness of an action that has none",
        "which the scenario does not promise", lambda forgery: forgery.reseal(fairness=("open", "ring")),
    ),
    Corruption(
        "fairness-of-no-action", OPENED, "the proof lists the fairness of an action that does not exist",
        "which the scenario does not promise", lambda forgery: forgery.reseal(fairness=("open", "sesame")),
    ),
    Corruption(
        "fairness-not-used", BOTH, "the proof lists fairness that no part of it uses", "which no part of the proof uses",
        _fairness_not_needed,
    ),
    Corruption(
        "fairness-in-force-altered", LAMP, "the manifest says that another fairness is in force", "in_force.strong",
        lambda forgery: _said(forgery, "in_force", strong=["ring"]),
    ),
    Corruption(
        "assumption-dropped", AGAIN, "the manifest does not mention the assumption", "rests_on.assumptions",
        lambda forgery: _said(forgery, "rests_on", assumptions=[]),
    ),
    # --- the claim and the scenario ---
    Corruption(
        "claim-exchanged", LAMP, "the manifest names another claim of the scenario", "`claim.says` of the manifest",
        lambda forgery: _said(forgery, "claim", name="gate-is-opened-again"),
    ),
    Corruption(
        "claim-exchanged-throughout", OPENED, "the proof is handed over for a claim that is false; all else was made to fit",
        "it is no proof", lambda forgery: forgery.reseal(claim="gate-stays-shut", method="invariant", fairness=(), compared=()),
    ),
    Corruption(
        "claim-unknown", LAMP, "the manifest names a claim that the scenario does not check", "makes no check of",
        lambda forgery: _said(forgery, "claim", name="gate-is-beautiful"),
    ),
    Corruption(
        "claim-said-otherwise", LAMP, "the sentence of the claim was reworded", "`claim.says` of the manifest",
        lambda forgery: _said(forgery, "claim", says="The lamp is lit at once."),
    ),
    Corruption(
        "formula-altered", LAMP, "the text of the formula was altered", "`claim.formula` of the manifest",
        lambda forgery: _said(forgery, "claim", formula="(always lamp)"),
    ),
    Corruption(
        "cause-exchanged", OPENED, "the manifest names a cause under which the claim is false",
        "which the scenario does not promise",
        lambda forgery: forgery.manifest.update(cause="sleepy-porter"),
    ),
    Corruption(
        "cause-exchanged-throughout", OPENED, "... and everything else was made to fit", "which the scenario does not promise",
        lambda forgery: forgery.reseal(cause="sleepy-porter"),
    ),
    Corruption(
        "cause-unknown", LAMP, "the manifest names a cause that nobody knows", "under the cause 'gremlins'",
        lambda forgery: forgery.manifest.update(cause="gremlins"),
    ),
    Corruption(
        "problem-exchanged", LAMP, "the hash of the problem was altered", "no longer, the problem that was proved",
        lambda forgery: forgery.manifest.update(problem="0" * 64),
    ),
    Corruption(
        "scenario-altered", LAMP, "the copy of the scenario was altered", "the copy of the scenario was altered",
        _scenario(b"attentive = true", b"attentive = false", rehashed=False),
    ),
    Corruption(
        "scenario-altered-and-rehashed", OPENED, "... and its hash made to fit", "which the scenario does not promise",
        _scenario(b"attentive = true", b"attentive = false"),
    ),
    Corruption(
        "scenario-exchanged", JAMS, "the certificate was put beside another scenario", "of the manifest",
        lambda forgery: forgery.use_scenario((Path(__file__).parent / "other.toml").read_bytes()),
    ),
    Corruption(
        "scenario-unusable", LAMP, "the copy of the scenario is none, and its hash fits", "its scenario cannot be used",
        _scenario(b"attentive = true", b"attentive = "),
    ),
    Corruption(
        "scenario-missing", LAMP, "the copy of the scenario was deleted", "scenario.toml is missing",
        lambda forgery: forgery.files.pop(forgery.manifest["scenario"]["file"]),
    ),
    Corruption(
        "scenario-read-from-more", OPENED, "a table was put beside the scenario, which is not read from it",
        "was read from table.csv besides; now it is from no other file", _table_added,
    ),
    Corruption(
        "scenario-beside-another-table", OPENED, "... and is another one than the manifest says",
        "the copy of table.csv was altered",
        lambda forgery: _table_added(forgery, b"other rows"),
    ),
    # --- the files ---
    Corruption(
        "format-newer", LAMP, "the certificate says that it has a format which this version does not know", "has format 2",
        lambda forgery: forgery.manifest.update(format=2),
    ),
    Corruption(
        "format-true", LAMP, "the number of the format is no number", "`format` of the manifest has the wrong type",
        lambda forgery: forgery.manifest.update(format=True),
    ),
    Corruption(
        "manifest-of-something-else", LAMP, "the manifest is that of something else", "no manifest of a certificate",
        lambda forgery: forgery.manifest.update(kind="shopping list"),
    ),
    Corruption(
        "manifest-truncated", LAMP, "the manifest ends in the middle", "manifest.json cannot be read",
        lambda forgery: setattr(forgery, "raw", lambda text: text[: len(text) // 2]),
    ),
    Corruption(
        "manifest-in-no-encoding", LAMP, "the manifest is no UTF-8", "manifest.json cannot be read",
        _text(b"dialproof certificate", b"dialproof certificate\xff"),
    ),
    Corruption(
        "manifest-with-half-a-letter", LAMP, "a text of the manifest is half a letter", "manifest.json cannot be read",
        _text(b"The lamp", b"\\ud83d The lamp"),
    ),
    Corruption(
        "manifest-key-twice", LAMP, "a key stands twice in the manifest", "the key 'cause' twice",
        _text(b'"cause": "none"', b'"cause": "sleepy-porter", "cause": "none"'),
    ),
    Corruption(
        "manifest-key-unknown", LAMP, "the manifest has a key that means nothing", "an unknown key `trusted`",
        lambda forgery: forgery.manifest.update(trusted=True),
    ),
    Corruption(
        "manifest-key-missing", LAMP, "the manifest says nothing of the fairness in force", "no key `in_force`",
        lambda forgery: forgery.manifest.pop("in_force"),
    ),
    Corruption(
        "manifest-of-the-wrong-type", LAMP, "the manifest has a text where a list belongs", "has the wrong type",
        lambda forgery: forgery.manifest.update(obligations="all of them"),
    ),
    Corruption(
        "proof-of-an-unknown-field", LAMP, "the proof has a field that no method knows",
        "`trusted`, which is no field of the method 'exhaustive'",
        lambda forgery: forgery.manifest["certificate"].update(trusted=True),
    ),
    Corruption(
        "proof-with-a-default-stated", LAMP, "the proof states what is the default anyway", "not written in its one form",
        lambda forgery: forgery.manifest["certificate"].update(ranges=None),
    ),
    Corruption(
        "path-out-of-the-folder", OPENED, "the manifest names a file outside of the folder", "can be none of this folder",
        _path_out_of_the_folder,
    ),
    Corruption("symbolic-link", OPENED, "an obligation's file is a link to another file", "is a link", _linked),
)  # fmt: skip
