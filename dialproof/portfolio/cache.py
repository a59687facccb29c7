"""The cache: evidence that was found earlier, on disk, so that what has not changed is not searched for or proved again.

Of what lies there nothing is believed. An entry is a proposal, like that of an engine: a certificate is audited against the
problem at hand, a run is replayed on it, and only then it is a verdict. So an entry that is broken, foreign, outdated or forged
costs time and changes no answer. The name of an entry is a hash of all that the answer depends on and of the versions of
dialproof and z3; it only serves to find it. Entries are JSON, never pickles: reading one runs nothing.

What is unknown is not kept. Of a run nothing is established beyond that it violates: one that was found as a shortest may have
been exchanged for a longer one. How far was searched is kept beside it, and told as what the cache says.
"""

import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import z3

from dialproof._version import __version__
from dialproof.core import files
from dialproof.core.certificates import Certificate
from dialproof.core.errors import CertificateError, InputError
from dialproof.core.run import Run
from dialproof.encode.problem import Problem
from dialproof.evidence.certificates.contents import DEEPEST, counts_too_far, require_honest_names
from dialproof.evidence.certificates.meaning import problem_digest
from dialproof.evidence.certificates.plain import Plain, canonical, from_plain, sha256, to_plain
from dialproof.exchange.itf import itf, run_of_itf

KIND = "dialproof cached evidence"
"""What an entry says that it is."""

FORMAT = 1
"""The number of the format of entries."""

LIMIT = 200 * 2**20
"""How large the cache may become, in bytes."""

LARGEST = 8 * 2**20
"""How large an entry may be, in bytes: a larger one is neither written nor read."""

LONGEST = 1000
"""How many steps a run may have: a longer one would take long to replay, and the bounded search stops far earlier."""

_ENTRY = re.compile(r"[0-9a-f]{64}\.json")
_UNFINISHED = re.compile(r"\.[0-9a-f]{64}\.json\.[0-9a-f]+\.part")
_ABANDONED = 3600.0  # seconds; nobody writes an entry for that long
_ENGINE = re.compile(r"[a-z][a-z-]{0,30}")

Evidence = Certificate | Run
"""What an entry holds: what may establish a claim, or what may violate it."""


@dataclass(frozen=True)
class Recalled:
    """Evidence from the cache, of which nothing is known yet; `engine` is who found it, as the entry says.

    Of a run it may say too that there is no violation of at most `depth` steps. Nothing establishes that: it is told a reader as
    what the cache says, and no search relies on it.
    """

    evidence: Evidence
    engine: str
    depth: int = -1


@dataclass(eq=False)
class Cache:
    """The entries in `folder`, which is made when the first one is written; it is trimmed to `limit` bytes.

    A folder that cannot be read or written is no error: `on_trouble` is told once, in a sentence, and the work is done without.
    Several processes may use one folder at a time: an entry is there whole or not at all.
    """

    folder: Path
    limit: int = LIMIT
    on_trouble: Callable[[str], None] = field(default=lambda _said: None)
    _written: bool = field(default=False, init=False)
    _in_trouble: bool = field(default=False, init=False)

    def key(self, problem: Problem) -> str:
        """The name of the entry for `problem`, as this version of dialproof with this version of z3 knows it."""
        return sha256(canonical(_header(problem_digest(problem))).encode())

    def recall(self, key: str, problem: Problem) -> Recalled | None:
        """What the entry called `key` proposes for `problem`; None where there is none, or none that could be meant for it."""
        path = self._path(key)
        try:
            known = path.lstat()
            if not stat.S_ISREG(known.st_mode) or known.st_size > LARGEST:
                return None
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._trouble("read", error)
            return None
        try:
            recalled = _proposal(data, problem)
        except (ValueError, RecursionError, InputError):  # no JSON, or JSON that says something else: as good as nothing
            self.forget(key)
            return None
        with suppress(OSError):  # when it was last of use; on a read-only disk that is not kept
            os.utime(path)
        return recalled

    def store(self, key: str, problem: Problem, evidence: Evidence, engine: str, depth: int = -1) -> None:
        """Keep what `engine` has found out about `problem`, once it was audited or replayed.

        Of a run, `depth` says up to how many steps a search has seen that there is no violation (-1: it is not known).
        """
        if self._in_trouble or (not isinstance(evidence, Certificate) and len(evidence) > LONGEST):
            return
        try:
            searched = {"depth": depth} if depth >= 0 and not isinstance(evidence, Certificate) else {}
            content = {**_header(problem_digest(problem)), "engine": engine, **_written(evidence, problem), **searched}
        except InputError:
            return  # a run for which the format of traces has no room
        text = f"{json.dumps(content)}\n"
        if len(text) > LARGEST:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._path(key)
            path.parent.mkdir(exist_ok=True)
            files.write_whole(path, text)
        except (OSError, InputError) as error:
            self._trouble("written", error)
        else:
            self._written = True

    def forget(self, key: str) -> None:
        """Remove the entry called `key`: it was of no use."""
        with suppress(OSError):
            self._path(key).unlink(missing_ok=True)

    def trim(self) -> None:
        """Remove what has not been of use for the longest time, until the cache is no larger than its limit.

        Nothing else that lies in the folder is touched. Nothing is done where nothing was written.
        """
        if not self._written:
            return
        self._written = False
        total, now = 0, time.time()
        for used, size, path in sorted(self._entries(), reverse=True):
            total += size
            is_abandoned = _UNFINISHED.fullmatch(path.name) and now - used > _ABANDONED
            if is_abandoned or (total > self.limit and _ENTRY.fullmatch(path.name)):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """When each of our files was last of use, its size in bytes, and its path."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            if _ENTRY.fullmatch(path.name) or _UNFINISHED.fullmatch(path.name):
                with suppress(OSError):  # another process was faster
                    known = path.lstat()
                    yield known.st_mtime, known.st_size, path

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def _trouble(self, what: str, error: OSError | InputError) -> None:
        """Say once that the cache is of no use, and why."""
        if not self._in_trouble:
            self._in_trouble = True
            why = error.strerror or error if isinstance(error, OSError) else error
            self.on_trouble(f"the cache in {self.folder} cannot be {what}, so that nothing is kept there: {why}")


def _header(digest: str) -> Plain:
    """What an entry says first: what it is, of which problem, and for which versions."""
    versions = {"dialproof": __version__, "z3": z3.get_version_string()}
    return {"kind": KIND, "format": FORMAT, **versions, "problem": digest}


def _written(evidence: Evidence, problem: Problem) -> Plain:
    if isinstance(evidence, Certificate):
        return {"certificate": to_plain(evidence)}
    return {"run": itf(evidence, problem.system)}


def _proposal(data: bytes, problem: Problem) -> Recalled:
    """What an entry proposes. Raises ValueError, RecursionError or InputError where it has not the form of an entry."""
    content = json.loads(data.decode("utf-8"))
    header = _header(problem_digest(problem))
    if not isinstance(content, dict) or {name: content.get(name) for name in header} != header:
        raise CertificateError("the entry is of something else")
    engine = content.get("engine")
    if not isinstance(engine, str) or not _ENGINE.fullmatch(engine):
        raise CertificateError("the entry names no engine")
    match sorted(content.keys() - header.keys()):
        case ["certificate", "engine"]:
            proof = from_plain(content["certificate"])
            require_honest_names(proof, problem.system)
            if counts_too_far(proof):
                raise CertificateError(f"the proof counts to more than {DEEPEST}")
            return Recalled(proof, engine)
        case ["engine", "run"] | ["depth", "engine", "run"]:
            run = run_of_itf(content["run"], problem.system)
            if len(run) > LONGEST:
                raise InputError(f"the run has more than {LONGEST} steps")
            return Recalled(run, engine, _depth(content.get("depth", -1), run))
    raise CertificateError("the entry holds neither a certificate nor a run")


def _depth(said: object, run: Run) -> int:
    """How far was searched, as an entry says; -1 if it does not, or if `run` shows that it cannot be so.

    Raises CertificateError for what is no number of steps.
    """
    if type(said) is not int or not -1 <= said <= LONGEST:
        raise CertificateError("the entry says of something that is no depth how far was searched")
    return said if said < len(run) else -1
