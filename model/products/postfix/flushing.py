"""Who flushes the queue, by the files: the scripts that run when a line comes up, and the domains whose mail can be asked for.

Source: flush(8) and flush_clnt.c (`fast_flush_domains`: a request for any other domain is denied, and flushes nothing, neither by
ETRN nor by `postqueue -s`), domain_list.c (a name stands for what is below it too), ETRN_README.
Left out: tables in `fast_flush_domains`, which are not read; the names of `authorized_flush_users`: whoever runs a script may.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dialproof.core.errors import Place
from model import ip_up
from model.grammars.postfix import words
from model.importing import Placing

_FLUSHES = re.compile(r"[^#]*?(\bsendmail\b[^#|;]*\s-q(?!\w)|\bpostqueue\s+-f|\bpostfix\s+flush)")
_ASKS = re.compile(r"(?:\bsendmail\b[^|;&]*?\s-qR|\bpostqueue\s+-s)\s*[\"']?([A-Za-z0-9][A-Za-z0-9.-]*)(?![\w$@.-])")
_COMMAND = re.compile(r".*")
_MOST_LABELS = 128
"""The most labels that a domain has: 255 characters, a dot behind each."""


@dataclass(frozen=True)
class Domains:
    """A list of domains as Postfix matches it: the first name that matches decides; one behind "!" is none of them.

    If it `has_parents`, a name stands for what is below it too; if not, only one that begins with a dot does.
    """

    names: tuple[str, ...]
    has_parents: bool = True

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each name stands first."""
        return {name.removeprefix("!").lower(): at for at, name in reversed(list(enumerate(self.names)))}

    def __contains__(self, domain: str) -> bool:
        above = parents(domain) if self.has_parents else [f".{one}" for one in parents(domain)]
        found = [self._places[name] for name in (domain, *above) if name in self._places]
        return bool(found) and not self.names[min(found)].startswith("!")


def parents(domain: str) -> list[str]:
    """The domains that a domain is below, the nearest first; of a very long one only the upper ones."""
    labels = domain.split(".")[-_MOST_LABELS:]
    return [".".join(labels[at:]) for at in range(1, len(labels))]


def is_table(word: str) -> bool:
    """True for a word of a list of domains that names a table or a file instead of a domain."""
    return ":" in word or "/" in word


def listed(value: str) -> list[str]:
    """The domains that a list names, without tables and without what it takes out."""
    return [word.lower() for word in words(value) if not is_table(word) and not word.startswith("!")]


@dataclass(frozen=True)
class Scripts:
    """What the scripts that run when a line comes up do.

    `whole` is where one of them flushes the queue, `sites` where they ask for a site. `names` are the scripts that are run,
    and `notes` says which others are there.
    """

    names: tuple[str, ...]
    whole: Place | None
    sites: Mapping[str, Place]
    notes: tuple[str, ...]

    def put(self, made: Placing, asked: Sequence[str]) -> None:
        """Say who flushes the queue; `asked` are the classes of mail that a script asks for by their sites."""
        made.assumed += self.notes
        if self.whole is not None:
            made.also_read.append(_relative(made, self.whole))
            made.put(("flush", "on_link_up"), value=True, line=self.whole.line, file=self.whole.file)
            return
        if asked:
            place = next(iter(self.sites.values()))
            made.also_read.append(_relative(made, place))
            made.assumed.append("a script that asks for a site asks for this domain alone: no mail comes for names below it")
            made.put(("flush", "sites_on_link_up"), list(asked), place.line, place.file)
        elif made.data.get("main", {}).get("defer_transports"):
            none = "ip-up beside it flushes no queue" if self.names else "there is no ip-up (or ip-up.d) beside it"
            made.assumed.append(
                f"{none}, so that nothing flushes the queue when the line comes up; if yours does, put the script beside it, or "
                "say so: `dialproof import`, then on_link_up = true under [flush]"
            )


def _relative(made: Placing, place: Place) -> str:
    return Path(place.file).relative_to(Path(made.file).parent).as_posix()


def scripts(path: Path) -> Scripts:
    """What `ip-up` and the files of `ip-up.d` beside `path` flush. None of them is run."""
    found = ip_up.scripts(path)
    names = tuple(name for name, _ in found.texts)
    for command in found.commands(_FLUSHES):
        return Scripts(names, Place(str(path.parent / command.script), command.line), {}, found.notes)
    sites: dict[str, Place] = {}
    for command in found.commands(_COMMAND):
        for site in _ASKS.findall(command.match[0].partition("#")[0]):
            sites.setdefault(site.lower().rstrip("."), Place(str(path.parent / command.script), command.line))
    return Scripts(names, None, sites, found.notes)
