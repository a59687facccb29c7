"""Scenarios whose title and names are meant to break whatever shows them."""

from pathlib import Path

HOSTILE_TITLE = '<script>alert(1)</script>"><img src=x onerror=alert(1)> ]]> # | `x` **y** [z](z) \u202e \u2066 \u200f \x07 &lt;'
HOSTILE_LINK = "<b>isp</b>"

_HOSTILE = """format = 1
title = TITLE

[connector]
product = "exchange-ims"
build = "5.5.2448.0"

[links."<b>isp</b>"]
kind = "ras"
[links.office]
kind = "lan"

[default]
deliver = "host"
host = "smtp.isp.example"
link = "<b>isp</b>"

[[email_domain]]
domain = "partner.example"
deliver = "host"
host = "mail.partner.example"
link = "office"

[environment]
call_eventually_succeeds = true

[[check]]
claim = "queued-mail-is-dialled"

[[check]]
claim = "queued-mail-is-delivered"
expect = "violated"

[[check]]
claim = "line-never-dials-again"
"""

_TAME = """format = 1

[connector]
product = "exchange-ims"
build = "5.5.2591.0"

[links.isp]
kind = "ras"

[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"

[[check]]
claim = "queued-mail-is-dialled"

[[check]]
claim = "no-mail-is-lost"

[[check]]
claim = "line-never-dials-again"
expect = "violated"
"""


def write_scenarios(folder: Path) -> Path:
    """Put the scenarios into `folder`, and return it."""
    title = HOSTILE_TITLE.replace('"', '\\"')
    title = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in title)
    (folder / "a-hostile.toml").write_text(_HOSTILE.replace("TITLE", f'"{title}"'), encoding="utf-8")
    (folder / "b-tame.toml").write_text(_TAME, encoding="utf-8")
    return folder
