"""A scenario file for tests, and how its text is read."""

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
