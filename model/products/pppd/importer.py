"""Files of pppd as scenarios: `/etc/ppp/options`, and `/etc/ppp/peers/NAME` with the options beside it.

pppd reads `options` first, then what it is called with. So a file of a folder `peers` is read after `../options`, if that is
there. Files that it names (`file`, `call`) are read if they are below its own folder. What a file does not say and the scenario
has to is stated as assumed. No word of a file that may be a name, a password or a command is passed on.
"""

import os
import re
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dialproof.core.errors import InputError, Place, ScenarioError
from model.grammars import pcap
from model.grammars.ppp_options import Word, words
from model.importing import LARGEST, Imported, Importer, Placing
from model.products.pppd import options

ACTIVE, PASSIVE, ANY = "active traffic", "other traffic", "any host"
"""What the classes of packets are called, of which the files say nothing."""

OTHER = "another"
"""What the default route of somebody else is called."""

_MOST_FILES = 20
_MOST_NAMED = 1000
_MOST_DIGITS = 9
_SILENT_PLUGINS = ("pppoe", "pptp", "pppol2tp", "l2tp", "pppoatm")
_TRAFFIC, _ASSUMED = "traffic", ("senders_retry", "call_eventually_succeeds", "delivery_eventually_succeeds")


def recognises(path: Path, text: str) -> bool:
    """True for a file that begins its lines with options of pppd, and makes a link that dials again."""
    first = []
    with suppress(ScenarioError):  # what begins as a file of pppd is one, and the error in it is said when it is read
        for word in words(text, str(path)):
            first += [word.text] if word.is_first else []
    known = [word for word in first if options.is_known(word)]
    typical = [word for word in first if word in options.TYPICAL]
    if path.parent.name == "peers":
        return bool(known) and 2 * len(known) >= len(first)
    goes_on = any(word in {"demand", "persist"} for word in first)  # without one it says nothing by itself
    return goes_on and len(typical) > 1 and 5 * len(known) >= 4 * len(first)


def read(path: Path, text: str) -> Imported:
    """The scenario that the file stands for. Raises ScenarioError with the line of what cannot be read."""
    made = Placing(path)
    made.head(f"pppd as {path.name} configures it", "pppd")
    reader = _Reader(made, path)
    beside = path.parent.parent / "options"
    if path.parent.name == "peers" and (before := _text_of(beside)) is not None:
        made.also_read.append("../options")
        reader.read(beside, before)
    reader.read(path, text)
    reader.finish()
    return made.imported()


def _text_of(path: Path) -> str | None:
    """The text of a file beside the one that is imported; None if there is none that can be read."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return None
        return path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    except OSError:
        return None


def _is_below(path: Path, folder: Path) -> bool:
    """True if the path leads to what is in the folder or below it, symbolic links followed."""
    if "\0" in str(path):
        return False
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


class _Reader:
    """Reads one file of options after the other into the data of a scenario."""

    def __init__(self, made: Placing, path: Path) -> None:
        self.made, self.path, self.name = made, path, path.name
        self.files: list[Path] = []
        self.named = 0
        self.may_be_silent: Word | None = None
        self.replaces = self.is_adaptive = False
        self.filter: Word | None = None
        self.is_compiled = False
        made.data["links"] = {self.name: {}}
        made.place(("links", self.name), 1)

    def read(self, path: Path, text: str) -> None:
        """Read a file, and those that it includes."""
        real = Path(os.path.realpath(path))
        if real in self.files:
            return
        self.files.append(real)
        waiting = deque(words(text, str(path)))
        while waiting:
            word = waiting.popleft()
            arity = options.ARITY.get(word.text, 0)
            if len(waiting) < arity:
                raise _error(word, f"`{word.text}` needs a word after it")
            self._option(path, word, waiting.popleft() if arity else None)

    def _option(self, path: Path, word: Word, value: Word | None) -> None:
        name = word.text
        if value is not None and name in options.INCLUDES:
            self._include(path, word, value)
        elif value is not None and name in options.NUMBERS:
            self._put(options.NUMBERS[name], _number(value, name), word)
        elif name in options.SWITCHES:
            key, says = options.SWITCHES[name]
            self._put(key, says, word)
            if name == "demand":
                self._put("persist", True, word)
        elif name in (options.FILTER, options.COMPILED):
            self.filter, self.is_compiled = value, name == options.COMPILED
        elif options.is_device(name):
            self._put("device", name.removeprefix("/dev/"), word)
        else:
            self._other(word, value)

    def _other(self, word: Word, value: Word | None) -> None:
        """What says nothing to the model, or only something about other options."""
        name = word.text
        if name == options.LOCAL or (value is not None and _is_silent(name, value.text)):
            self.may_be_silent = word
        elif name == options.MODEM and self.may_be_silent is not None and self.may_be_silent.text == options.LOCAL:
            self.may_be_silent = None  # the later of the two counts
        self.replaces |= name == options.REPLACES
        self.is_adaptive |= name == options.ADAPTIVE
        if name in options.ARITY:
            self._leave(name, word)
        elif options.is_ethernet(name):
            self._leave("an interface", word)
        elif options.is_address(name):
            self._leave("addresses", word)
        elif name.isascii() and name.isdigit():
            self._leave("speed", word)
        else:
            self._leave("a word that is no option known here", word)
            known = "the words that are not known here are taken for options"
            said = f"pppd exits at once if a word is no option, of its own or of a plugin: {known}"
            self.made.assumed += [] if said in self.made.assumed else [said]

    def _include(self, path: Path, word: Word, value: Word) -> None:
        """A file that is named in another one: it is read if it is below the folder of the file that is imported."""
        folder = self.path.parent
        self.named += 1
        if self.named > _MOST_NAMED:
            raise _error(word, f"more than {_MOST_NAMED:,} times another file is named")
        if word.text == "call":
            named = (folder if folder.name == "peers" else folder / "peers") / value.text
        else:
            named = path.parent / value.text
        inside = _is_below(named, folder) and ".." not in value.text.split("/")
        text = _text_of(named) if inside and len(self.files) < _MOST_FILES else None
        if text is None:
            why = "cannot be read" if inside else "is not read: it is not below the folder of this file"
            self._leave(f"{word.text}: a file that {why}", word)
            return
        self.made.also_read.append(str(named.relative_to(folder)) if named.is_relative_to(folder) else named.name)
        self.read(named, text)

    def _put(self, key: str, value: object, word: Word) -> None:
        self.made.put(("links", self.name, key), value, word.line, word.file)

    def _leave(self, what: str, word: Word) -> None:
        self.made.leave(word.line, what, word.file)

    def finish(self) -> None:
        """What follows from all options together, the assumptions, and the checks."""
        made, link = self.made, self.made.data["links"][self.name]
        demand = link.setdefault("demand", False)
        if not demand and not link.get("persist"):
            raise InputError(
                f"{self.path}: nothing active: neither `demand` nor `persist`: pppd dials once, when somebody starts it, and "
                "exits when the link has ended; nothing here dials on demand, or again"
            )
        if link.get("lcp_echo_failure") and not link.get("lcp_echo_interval"):
            link.pop("lcp_echo_failure")
            made.assumed.append("lcp-echo-failure without lcp-echo-interval does nothing: no echo-request is sent")
        if link.get("defaultroute_metric") is not None and not link.get("defaultroute"):
            link.pop("defaultroute_metric")
        device = link.get("device")
        if isinstance(device, str) and _text_of(self.path.parent.parent / f"options.{Path(device).name}") is not None:
            made.assumed.append("pppd also reads the file options.DEVICE beside the folder, which is not read here")
        self._silence(link)
        self._filter(demand=demand)
        self._routes(link)
        made.data["connector"]["queue_capacity"] = 1  # one more that waits changes no answer
        made.data["environment"] = dict.fromkeys(_ASSUMED if demand else _ASSUMED[1:2], True)
        made.assumed.append(
            "a link that is dialled again and again comes up at some time"
            + (", and whoever sends goes on sending" if demand else "")
        )
        for claim, key in self._checks(link):
            place = made.place_of(("links", self.name, key))
            made.add("check", {"claim": claim}, place.line, place.file)

    def _silence(self, link: dict[str, object]) -> None:
        word = self.may_be_silent
        if word is None:
            self.made.assumed.append("the device notices when the other side is gone (the modem's carrier)")
            return
        self.made.put(("links", self.name, "peer", "may_fall_silent"), True, word.line, word.file)
        takes = _echoes(link, is_adaptive=self.is_adaptive)
        by = f"lcp-echo takes {takes} to notice it" if takes else "no lcp-echo notices it"
        self.made.assumed.append(f"the other side can be gone while the link stays up ({word.text}); {by}")

    def _filter(self, *, demand: bool) -> None:
        """The classes of traffic, which no file names."""
        made, classes = self.made, [ACTIVE, PASSIVE] if self.filter else [ANY]
        if not demand:
            if self.filter is not None:
                self._leave("active-filter, which dials nothing without demand", self.filter)
            return
        for name in classes:
            place = made.place_of(("links", self.name, "demand"))
            made.add(_TRAFFIC, {"name": name, "link": self.name}, place.line, place.file)
        if self.filter is None:
            made.assumed.append("all packets that are routed over the link are alike: there is no active-filter")
            return
        made.put(("links", self.name, "active_filter"), [ACTIVE], self.filter.line, self.filter.file)
        made.assumed.append("there are packets that pass the active-filter, and others that do not")
        if self.is_compiled:
            made.assumed.append(f"the active-filter (line {self.filter.line}) is compiled, and is not read")
        elif (found := pcap.reading(self.filter.text)) is None:
            made.assumed.append(f"the active-filter (line {self.filter.line}) is no expression that can be read here")
        else:
            order = "; `and` and `or` bind alike, from left to right, and here it matters" if found.depends_on_order else ""
            made.assumed.append(f"the active-filter (line {self.filter.line}) reads {found.text}{order}")

    def _routes(self, link: dict[str, object]) -> None:
        """Another default route, if the file gives its own one a metric, so that there may be others."""
        metric = link.get("defaultroute_metric")
        if isinstance(metric, int) and not self.replaces:
            other = metric + 1
            place = self.made.place_of(("links", self.name, "defaultroute_metric"))
            self.made.put(("default_routes", OTHER, "metric"), other, place.line, place.file)
            self.made.assumed.append(
                f"another default route, of a larger metric than {metric}, may come and go; pppd compares metrics (2.4.9 to "
                '2.5.0 does not: fault = "any-default-route-keeps-out")'
            )
        else:
            link.pop("defaultroute", None)
            link.pop("defaultroute_metric", None)

    def _checks(self, link: dict[str, object]) -> Iterable[tuple[str, str]]:
        """The claims that whoever has such a file wants to know, and the key that each is mostly about."""
        if link["demand"]:
            yield "queued-demand-is-dialled", "demand"
        if link["demand"] and link.get("sync"):
            return  # nothing is ever dialled, so that nothing else can be said
        if link["demand"]:
            yield "no-dial-without-demand", "demand"
        if link.get("idle"):
            yield "idle-line-is-released", "idle"
        yield "no-latch", "maxfail" if link.get("persist") else "persist"
        if OTHER in self.made.data.get("default_routes", {}):
            yield "line-that-is-up-has-its-route", "defaultroute_metric"


def _is_silent(name: str, value: str) -> bool:
    """True for an option, with its word, of a link that goes on although its other side is gone."""
    if name == options.PLUGIN:
        return any(one in value for one in _SILENT_PLUGINS)
    return name == options.PTY and _is_blind(value)


def _is_blind(command: str) -> bool:
    """True for a command of `pty` that goes on although its other side is gone: pppoe without a time-out (pppoe(8): -T)."""
    return re.search(r"(^|[/\s])pppoe\s", f"{command} ") is not None and re.search(r"\s-T", command) is None


def _echoes(link: dict[str, object], *, is_adaptive: bool) -> str:
    """How long it takes until unanswered echoes end the link, in words; empty if they never do."""
    interval, failures = link.get("lcp_echo_interval"), link.get("lcp_echo_failure")
    if not (isinstance(interval, int) and isinstance(failures, int) and interval and failures):
        return ""
    return f"{interval * failures} to {interval * (failures + (2 if is_adaptive else 1))} seconds"


def _number(word: Word, option: str) -> int:
    text = word.text
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        if text[0] != "0" or text == "0":
            return int(text)
        if set(text) <= set("01234567"):
            return int(text, 8)  # as strtol reads it
    raise _error(word, f"`{option}` needs a number, in digits")


def _error(word: Word, message: str) -> ScenarioError:
    return ScenarioError(((Place(word.file, word.line), message),))


IMPORTER = Importer("pppd", "/etc/ppp/options and /etc/ppp/peers/NAME of pppd", recognises, read)
