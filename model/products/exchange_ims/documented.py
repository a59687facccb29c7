"""The documented rules of the Internet Mail Service about dialling, queues, retries and routes, and what the model makes of each.

Either tests hold a rule, so that one of them fails if it is changed, or it is left out, with the reason why that is sound. Each
rule is stated by the articles that it names; what no source states is an option of the scenario file
(`docs/scenario-format.md`).
"""

from dataclasses import dataclass

_TIME, _CONNECTOR, _CAUSE = "proofs/test_time.py::", "proofs/test_connector.py::", "proofs/test_q230051.py::"
_OPTIONS, _CLOCKS = "tests/model/test_connector_options.py::", "tests/model/test_timing.py::"
_MODEL, _FILES = "tests/model/test_model.py::", "tests/model/test_scenario.py::"

_BEFORE_THE_SERVICE = (
    "it decides what is handed to the service; mail may come to each queue at any time, in any number that it holds"
)
_PARALLEL = "how many go at once changes how soon mail leaves; a delivery may take any time"
_NO_START = "a service that does not start does nothing; the model begins when it has started"
_NO_CALL = "no call succeeds then: that is among the runs, unless a scenario assumes that calls succeed"


@dataclass(frozen=True)
class Rule:
    """What `articles` state, in our words: the `tests` that hold it (pytest's names), or why it is `left_out`."""

    articles: tuple[str, ...]
    says: str
    tests: tuple[str, ...] = ()
    left_out: str = ""


QUEUES = (
    Rule(
        ("Q234065", "Q158633", "Q156063 §3.2.10"),
        "Outbound mail goes from the queue of the MTA to the hidden folder MTS-OUT, is converted, and waits in the OUT queue.",
        left_out="the stages delay mail before it waits for a route, and it may come there at any time",
    ),
    Rule(
        ("Q263714", "Q271545"),
        "Mail that was handed to the service is never rerouted to another connector.",
        (
            f"{_CAUSE}test_the_fixed_build_keeps_its_books_and_is_never_stuck",
            f"{_CONNECTOR}test_mail_waits_for_a_service_that_is_stopped",
        ),
    ),
    Rule(
        ("Q156063 §3.2.5", "Q193322", "Q149121"),
        "Address space and cost decide which connector gets a message; equal costs are balanced, and there is no fail-over.",
        left_out=_BEFORE_THE_SERVICE,
    ),
    Rule(
        ("Q156063",),
        "The site's routing table is read every 15 minutes (RouteCalculationInterval) and at each start.",
        left_out=_BEFORE_THE_SERVICE,
    ),
    Rule(("Q148727",), "A lost index of the queue is rebuilt.", left_out="it delays what waits, and loses nothing"),
    Rule(
        ("Q157630", "Q178539"),
        "The MTA opens an association every 600 seconds, 144 times, and has time-outs of its own.",
        left_out=_BEFORE_THE_SERVICE,
    ),
    Rule(
        ("Q245740",),
        "Under load the service changed an entry of its table in memory, and returned mail at random.",
        left_out="no source says what the entry became, so that there is no fault to check; the correct rules hold without it",
    ),
)
"""Queues, and how mail comes to them."""

CONNECTIONS = (
    Rule(
        ("Q238719", "Q295749"),
        "A service that only lets mail in attracts outbound mail all the same, and keeps it.",
        (f"{_CONNECTOR}test_an_inbound_only_service_strands_what_it_attracts",),
    ),
    Rule(
        ("xog05006",),
        "Transfer mode None lets nothing in, and delivers what is pending.",
        (f"{_CONNECTOR}test_what_lets_nothing_in_still_delivers", f"{_CONNECTOR}test_what_is_not_let_in_stays_at_the_other_end"),
    ),
    Rule(
        ("Q156063 §2.2.3", "Q153655 §1.9.18", "Q146562"),
        "There are limits to connections, in all and to one host, and to messages in one connection.",
        left_out=_PARALLEL,
    ),
    Rule(
        ("Q146165", "Q148985", "Q279323"),
        "The default route uses DNS, or forwards to a host or a list of hosts by turns; a host that is out of reach is skipped.",
        (f"{_FILES}test_the_default_may_name_several_hosts_and_an_etrn_entry_none",),
    ),
    Rule(
        ("Q188272", "Q156063 §2.2.12"),
        "A phonebook entry whose name has more than 20 characters cannot be dialled (error 87).",
        (f"{_FILES}test_a_bad_file_is_refused_with_its_line_and_key",),
    ),
    Rule(
        ("Q146669", "Q151780"),
        "A destination that failed is tried again after the intervals of the retry list; 0 means never.",
        (
            f"{_CONNECTOR}test_a_destination_that_refuses_is_tried_again",
            f"{_CONNECTOR}test_a_retry_list_of_zero_leaves_mail_to_its_time_out",
            f"{_TIME}test_a_retry_list_of_zero_ends_all_calls",
            f"{_OPTIONS}test_a_destination_waits_for_its_interval_and_every_message_for_it_too",
        ),
    ),
    Rule(
        ("Q146669", "Q151780"),
        "A retry list that cannot be read is all zeros, without a word; a value over 100 is ignored.",
        left_out="a scenario gives the list that the service has in the end; what cannot be read is refused",
    ),
    Rule(
        ("Q184051",),
        "Mail is returned after a time-out by its priority, 48 hours for normal mail.",
        (
            f"{_TIME}test_no_message_waits_longer_than_its_time_out",
            f"{_CONNECTOR}test_mail_of_each_priority_waits_for_its_own_time_out_and_no_longer",
            f"{_CLOCKS}test_the_oldest_message_is_returned_first_and_no_later_than_its_time_out",
        ),
    ),
    Rule(
        ("Q184051",),
        "Before 5.5 SP1 mail held for ETRN had no time-out.",
        (f"{_TIME}test_held_mail_had_no_time_out",),
    ),
    Rule(
        ("Q285023",),
        "The forward host's name is resolved once, at the start of the service.",
        left_out="it changes which host takes the mail, and no link; a host that is gone is a delivery that does not succeed",
    ),
    Rule(
        ("Q228725", "Q182821", "Q152940"),
        "A host may drop a connection, send no banner, or stop within a message, and is tried again at once or for ever.",
        left_out="each is a delivery that does not succeed for now; a scenario says whether it succeeds at some time",
    ),
    Rule(
        ("Q242961",),
        "With a default route by DNS over a dial-up line names may time out, and mail is returned: host unknown.",
        left_out="it is advice; that names need the line is the fault of Q156063 §2.2.5",
    ),
    Rule(
        ("Q243045",),
        "Options that were switched off kept their values in the registry.",
        left_out="a scenario gives the values that the service goes by",
    ),
)
"""The Connections tab."""

ENTRIES = (
    Rule(
        ("Q230051",),
        "With one more entry that does not use RAS the line of the default route is never dialled again, before 5.5.2591.0.",
        (
            f"{_CAUSE}test_one_entry_by_dns_or_over_the_lan_starves_the_line",
            f"{_CAUSE}test_the_line_never_dials_again",
            f"{_CAUSE}test_the_fixed_build_dials_and_delivers_in_every_configuration",
        ),
    ),
    Rule(
        ("Q201127", "Q258203", "Q259531", "Q279324"),
        "An entry takes effect when the service is started again.",
        ("proofs/test_ledger.py::test_every_scenario_states_what_it_expects_and_gets_it",),
    ),
    Rule(
        ("Q259531", "Q190710"),
        "An entry forwards to a host, uses DNS, or holds mail until the other site sends ETRN.",
        (f"{_MODEL}test_mail_held_for_etrn_is_no_reason_to_dial_and_no_reason_to_be_stuck",),
    ),
    Rule(
        ("Q169683", "Q217217", "Q259531"),
        "An exact entry goes first, then the longest domain that covers the recipient's, then the default route.",
        (
            f"{_MODEL}test_a_domain_takes_the_route_of_the_longest_suffix",
            f"{_MODEL}test_an_exact_entry_goes_before_a_suffix_of_the_same_name",
        ),
    ),
    Rule(
        ("Q169781",),
        "Several entries for one domain name several hosts.",
        (f"{_FILES}test_several_hosts_for_one_domain_are_allowed",),
    ),
    Rule(
        ("Q156063 §3.2.15", "Q228998"),
        "A dot at the end of a domain makes its mail come back; a space there defeats the comparison of routes.",
        (f"{_FILES}test_a_bad_file_is_refused_with_its_line_and_key",),
    ),
    Rule(
        ("Q164457",),
        "4.0 compared the last characters of a domain, whatever its labels are.",
        left_out="format 1 describes 5.5 only; mail that goes by another entry is mail for that entry",
    ),
    Rule(("Q182522",), "A table that cannot be read keeps the service from starting (event 4056).", left_out=_NO_START),
)
"""The E-Mail Domain list."""

DIALLING = (
    Rule(
        ("Q156063 §2.2.11",),
        "Queued mail makes the line dial, at once or after the given time, and never twice within that time.",
        (
            f"{_TIME}test_mail_waits_for_the_spacing_of_calls_and_no_longer",
            f"{_TIME}test_calls_are_spaced_by_the_same_fifteen_minutes",
            f"{_CLOCKS}test_calls_are_as_far_apart_as_the_tab_says_by_absolute_time",
        ),
    ),
    Rule(
        ("Q156063 §2.2.5",),
        "With that trigger a default route by DNS is never dialled for.",
        (f"{_MODEL}test_dns_by_default_and_the_queued_trigger_wait_for_each_other",),
    ),
    Rule(
        ("Q156063 §2.2.13",),
        "Of several checked entries all are dialled, and one carries the mail.",
        (
            f"{_CONNECTOR}test_every_checked_entry_is_dialled_and_only_one_is_needed",
            f"{_MODEL}test_dialling_every_entry_is_dialling_without_demand",
        ),
    ),
    Rule(
        ("Q158318",),
        'The form "every" of the schedule dials at the start of the service too; the other form waits for its next time.',
        (
            f"{_CLOCKS}test_the_schedule_has_a_slot_every_hour",
            f"{_TIME}test_restarts_at_the_time_of_the_slot_keep_a_schedule_from_dialling",
        ),
    ),
    Rule(
        ("Q157707",),
        "Weekends may have a schedule of their own.",
        (f"{_TIME}test_the_longest_wait_of_a_schedule_of_weekdays_is_a_weekend",),
    ),
    Rule(
        ("Q157707", "Q199968", "Q154703"),
        "The Administrator program stored wrong weekend times, lost the RAS settings, or left out a dial prefix.",
        left_out="a scenario gives the settings that the service goes by; a wrong number is a call that does not succeed",
    ),
    Rule(
        ("Q159209",),
        "The line is hung up by its idle time-out, and by nothing else of its own.",
        (f"{_CLOCKS}test_an_idle_line_is_hung_up_after_exactly_its_time",),
    ),
    Rule(
        ("Q159209",),
        "In 4.0 only what was queued when the call began goes with it; later mail waits for the next call.",
        (
            f"{_CONNECTOR}test_a_message_that_comes_during_a_call_waits_for_the_next_one",
            f"{_CONNECTOR}test_a_batch_alone_holds_the_line",
            f"{_OPTIONS}test_what_comes_after_the_answer_is_not_in_the_batch",
        ),
    ),
    Rule(
        ("Q175410",),
        "A login script that outlives its call keeps the port (error 633): all later calls fail until the machine is restarted.",
        (
            f"{_CONNECTOR}test_a_port_that_is_given_back_delays_mail_and_one_that_is_kept_strands_it",
            f"{_OPTIONS}test_while_its_port_is_taken_a_call_fails_and_nothing_else_becomes_of_it",
        ),
    ),
    Rule(
        ("Q189586",),
        "A call that fails for no reason costs the slot of the schedule that made it.",
        (f"{_TIME}test_by_the_schedule_alone_mail_waits_for_the_next_slot",),
    ),
    Rule(
        ("Q168292", "Q196306", "Q236910"),
        "A phonebook that cannot be read cannot be dialled from.",
        left_out=_NO_CALL,
    ),
    Rule(("Q199771",), "A logon domain of 18 characters or more crashes the service at its start.", left_out=_NO_START),
    Rule(
        ("Q161939",),
        "With more than five addresses on a network card mail was not sent until somebody looked at the queue.",
        left_out="a cause outside the dialler; `router-is-never-stuck` says that the correct service is not at a loss so",
    ),
)
"""The Dial-up Connections tab, and what becomes of calls."""

RETRIEVAL = (
    Rule(
        ("Q175494", "Q241157"),
        "Mail is retrieved only in calls that are made anyway; nothing dials when only the other end has mail.",
        (
            f"{_CONNECTOR}test_nothing_dials_when_only_the_other_end_has_mail",
            f"{_CONNECTOR}test_with_a_schedule_mail_at_the_other_end_is_retrieved",
        ),
    ),
    Rule(
        ("Q159209",),
        "The other end has to begin within the idle time-out, or the line is hung up first.",
        (f"{_CONNECTOR}test_the_other_end_begins_within_the_idle_time_out_or_too_late",),
    ),
    Rule(
        ("Q235223", "Q257979", "Q155828"),
        "The service asks by ETRN, by TURN, or by a command.",
        (f"{_OPTIONS}test_each_way_to_ask_names_its_article",),
    ),
    Rule(
        ("Q269771", "Q258292"),
        "Which domains ETRN names follows the Routing page; a registry value switches the answer to ETRN off.",
        left_out="it changes which mail comes, and no call; what waits at the other end is what would come",
    ),
    Rule(
        ("Q175494",),
        "With AlwaysUseETRN the service asks over a link that it has not dialled, while it has mail to send.",
        left_out="such a link is dialled by another router; the model retrieves over links that the service dials",
    ),
)
"""Mail retrieval."""

SIBLINGS = (
    Rule(
        ("Q150927",),
        "The MTA over RAS dials without end after an error, whatever its open interval; here as a latch after failed calls.",
        ("tests/model/test_faults.py::test_after_three_failed_calls_the_line_is_not_dialled_any_more",),
    ),
    Rule(
        ("Q152666", "Q164469", "Q185455", "Q253307", "Q272064", "xog06017"),
        "The X.400 connector over RAS uses up its retries on a busy modem, does not open at its time, or stops.",
        left_out="another product, with another dialler",
    ),
)
"""Other connectors of the same make."""

DOCUMENTED = {
    "Queues": QUEUES,
    "The Connections tab": CONNECTIONS,
    "The E-Mail Domain list": ENTRIES,
    "The Dial-up Connections tab": DIALLING,
    "Mail retrieval": RETRIEVAL,
    "Other connectors": SIBLINGS,
}
"""Every rule, by what it is about."""
