"""A scenario file for tests, how its text is read, and scenarios of the repository with one thing changed."""

from pathlib import Path

from model.products.exchange_ims.scenario import Scenario, parse

CLAIMS = ["queued-mail-is-dialled", "queued-mail-is-delivered", "no-mail-is-lost"]
FAULTS = {"none": 0, "dial-slot-overwritten": 1, "all-routes-must-dial": 2}

GOOD = """\
format = 1
title = "Q230051"

[connector]
product = "exchange-ims"
build = "5.5.2448.0"

[links.isp]
kind = "ras"
[links.office]
kind = "lan"

[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"

[[email_domain]]
domain = "Partner.example"
deliver = "dns"
link = "office"

[[check]]
claim = "queued-mail-is-dialled"
expect = "violated"
"""


def scenario(text: str = GOOD) -> Scenario:
    return parse(text, "q.toml", claims=CLAIMS, faults=FAULTS)


TIMED = Path(__file__).resolve().parents[2] / "model" / "scenarios" / "timed"


def with_change(name: str, folder: Path, *changes: tuple[str, str]) -> Path:
    """The timed scenario `name` with each first text replaced by the second, where it stands first, as a file of `folder`."""
    text = (TIMED / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "t.toml"
    file.write_text(text, encoding="utf-8")
    return file
