"""Exim as Debian configures it: the answers in `update-exim4.conf.conf`, and the template that they fill in.

Source: update-exim4.conf(8) and its script: the answers become macros (`DCconfig_smarthost`, `DCsmarthost`), before
`exim4.conf.localmacros` and the parts of `conf.d`, or `exim4.conf.template`. `/etc/default/exim4` and `/etc/init.d/exim4`: who
runs the queue (`QUEUERUNNER`, by default a daemon every `QUEUEINTERVAL` of 30 minutes).
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from model.grammars.exim import Configuration, Driver, Line, Option
from model.importing import beside

ANSWERS = "update-exim4.conf.conf"
TEMPLATE = "exim4.conf.template"
_SECTIONS = ("main", "acl", "router", "transport", "retry", "rewrite", "auth")
_FILE = re.compile(r"[A-Za-z0-9_-]+")
"""The files of `conf.d` that are read."""
_SET = re.compile(r"\s*([A-Za-z_]\w*)=(?:'([^']*)'|\"([^\"$`\\]*)\"|([^\s'\"$`;&|]*))\s*(?:#.*)?")
_SMARTHOSTS = ("smarthost", "satellite")
_INTERNET = "internet"
_STAYING = ("local", "none")
_MOST_FILES, _LONGEST = 500, 2000
_RETRY = "* * F,2h,15m; G,16h,1h,1.5; F,4d,6h"


def assignments(text: str) -> dict[str, tuple[str, int]]:
    """What a file of plain shell assignments sets, each with its line; what needs a shell is left out."""
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) <= _LONGEST and (match := _SET.fullmatch(line)):
            found[match[1]] = (next((part for part in match.groups()[1:] if part is not None), ""), number)
    return found


def macros(answers: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """The macros that the answers become, as far as they say where mail goes."""
    kind = answers.get("dc_eximconfig_configtype", ("", 0))[0].lower()
    made = {"CONFDIR": "/etc/exim4", "DCsmarthost": answers.get("dc_smarthost", ("", 0))[0].lower().replace(";", ":")}
    local = answers.get("dc_other_hostnames", ("", 0))[0].lower().replace(";", ":")
    made["MAIN_LOCAL_DOMAINS"] = f"@:localhost:{local}" if local else "@:localhost"
    relayed = answers.get("dc_relay_domains", ("", 0))[0]
    made["MAIN_RELAY_TO_DOMAINS"] = relayed if relayed.startswith("<") else relayed.replace(";", ":")
    made[f"DCconfig_{kind}"] = "1"
    return made


def keeps_its_mail(answers: Mapping[str, tuple[str, int]]) -> bool:
    """True if by the answers no mail leaves the machine."""
    return answers.get("dc_eximconfig_configtype", ("", 0))[0].lower() in _STAYING


def parts(path: Path, answers: Mapping[str, tuple[str, int]]) -> list[tuple[str, str]]:
    """The files below the folder of `path` that update-exim4.conf puts together, each with its text; none without a template."""
    names = ["exim4.conf.localmacros"]
    if answers.get("dc_use_split_config", ("", 0))[0].lower() == "true":
        for section in _SECTIONS:
            with suppress(OSError):
                found = sorted(one.name for one in (path.parent / "conf.d" / section).iterdir())
                names += [f"conf.d/{section}/{name}" for name in found if _FILE.fullmatch(name)]
    else:
        names.append(TEMPLATE)
    texts = [(name, beside(path, name)) for name in names[:_MOST_FILES]]
    there = [(name, text) for name, text in texts if text is not None]
    return [] if all(name == names[0] for name, _ in there) else there


def stock(answers: Mapping[str, tuple[str, int]], file: str) -> Configuration:
    """What Debian's template comes to with these answers, if it is not there; each part stands where its answer does."""
    made = Configuration(has_sections=True)
    kind, line = answers.get("dc_eximconfig_configtype", ("", 1))
    made.domain_lists["local_domains"] = macros(answers)["MAIN_LOCAL_DOMAINS"]
    made.retry.append(Line(_RETRY, file, line))
    if kind.lower() in _SMARTHOSTS:
        _, line = answers.get("dc_smarthost", ("", line))
        options = {"driver": "manualroute", "route_list": f"* {macros(answers)['DCsmarthost']}"}
    elif kind.lower() == _INTERNET:
        options = {"driver": "dnslookup"}
    else:
        return made
    options["domains"] = "! +local_domains"
    router = Driver(kind.lower(), file, line, {name: Option(name, value, file, line) for name, value in options.items()})
    made.routers.append(router)
    return made
