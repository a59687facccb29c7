"""The words of the Internet Mail Service, and the articles that its claims come from."""

from model.words import Words

WORDS = Words(
    noun="mail",
    waiting="mail",
    one="a message",
    many="messages",
    service="the service",
    entry="e-mail-domain entry",
    entry_key="[[email_domain]]",
    dial_link="of kind 'ras'",
    returned="returned to its sender",
    clocks="give a time in [dialling], such as queued_for = 15",
    itself=("service", "dialler", "ras"),
    held=" that is not held for ETRN",
    sources={
        "queued-mail-is-dialled": "Q230051, Q156063 section 2.2.11",
        "queued-mail-is-delivered": "Q230051, Q234065",
        "queued-mail-is-resolved": "Q230051, Q184051",
        "line-never-dials-again": "Q230051",
        "routes-do-not-interfere": "Q230051",
        "no-dial-without-demand": "Q156063 section 2.2.13 (the fault), Q158318",
        "no-mail-is-lost": "Q263714, Q245740",
        "mail-is-refused-only-when-full": "the bound of the model's queues",
        "mail-goes-by-the-table-in-force": "Q201127, Q258203, Q259531, Q279324",
        "changes-wait-for-a-start": "Q201127, Q258203, Q259531, Q279324",
        "line-follows-its-states": "Q175410, Q189586 (event 4106); the states are inferred",
        "needed-line-is-kept": "Q159209",
        "idle-line-is-released": "Q159209",
        "no-latch": "Q175410, Q189586",
        "dialled-within": "Q156063 section 2.2.11, Q158318",
        "dials-are-spaced": "Q156063 section 2.2.11",
        "line-busy-within": "Q175410, Q189586",
        "call-ends-within": "Q159209",
        "router-is-never-stuck": "Q230051, Q161939",
    },
)
