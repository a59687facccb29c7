"""The claims by name: what a scenario's `[[check]]` can ask for.

Names are fixed; each maker takes a connector and gives the claim about it, or refuses with InputError a connector of
which the claim says nothing.
"""

from collections.abc import Callable

from model.exchange_ims import Connector
from properties import accounting, delivery, dialling, progress
from properties.observed import Observed

Maker = Callable[[Connector], Observed]


def catalogue() -> dict[str, Maker]:
    """Every claim by name."""
    return {
        "queued-mail-is-dialled": dialling.queued_mail_is_dialled,
        "queued-mail-is-delivered": delivery.queued_mail_is_delivered,
        "line-never-dials-again": dialling.line_never_dials_again,
        "no-dial-without-demand": dialling.no_dial_without_demand,
        "no-mail-is-lost": accounting.no_mail_is_lost,
        "router-is-never-stuck": progress.router_is_never_stuck,
    }
