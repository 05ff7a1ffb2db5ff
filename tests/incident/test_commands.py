"""Is a command understood as it was meant, and is what cannot be understood answered with the nearest?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.command_words import Verb
from incident.commands import (
    Acknowledge,
    Command,
    Experiment,
    GiveRole,
    Help,
    Missing,
    Note,
    Observe,
    PageTeam,
    PassOn,
    Resolve,
    SetSeverity,
    Status,
    Theory,
    Unclear,
    Update,
    incident_named,
    understand,
)
from incident.configuration import Role
from incident.decisions import Outcome
from incident.severity import Severity

UNDERSTOOD: dict[str, tuple[str, Command]] = {
    "one word is enough": ("ack", Acknowledge()),
    "case does not matter": ("ACK", Acknowledge()),
    "a mark before it is left out": ("!ack", Acknowledge()),
    "a mark with a space, too": ("! ack", Acknowledge()),
    "the slash command is left out": ("/incident ack", Acknowledge()),
    "an incident's key before it is left out": ("INC-3 ack", Acknowledge()),
    "a mark before and behind the key": ("!inc-3 !ack", Acknowledge()),
    "a key with a colon": ("INC-3: ack", Acknowledge()),
    "words after it change nothing": ("ack I am on my way", Acknowledge()),
    "1, as an SMS asks for it": ("1", Acknowledge()),
    "2, as an SMS asks for it": ("2", PassOn()),
    "Italian for ack": ("Prendo", Acknowledge()),
    "pass": ("pass", PassOn()),
    "escalate is pass": ("escalate", PassOn()),
    "status": ("status", Status()),
    "a severity": ("sev 1", SetSeverity(severity=Severity.CRITICAL)),
    "a severity in one word": ("sev2", SetSeverity(severity=Severity.MAJOR)),
    "a severity with a hyphen, which is no incident": ("SEV-3", SetSeverity(severity=Severity.MINOR)),
    "a severity by its name": ("severity major", SetSeverity(severity=Severity.MAJOR)),
    "a severity and why": (
        "sev 1: nobody can pay",
        SetSeverity(severity=Severity.CRITICAL, reason="nobody can pay"),
    ),
    "a role with a hyphen": ("role tech-lead @alice", GiveRole(role=Role.TECH_LEAD, person="alice")),
    "a role in two words": ("role Tech Lead bob", GiveRole(role=Role.TECH_LEAD, person="bob")),
    "a role with an underscore": ("role incident_manager me", GiveRole(role=Role.MANAGER, person="me")),
    "a role's short name": ("role comms @carol", GiveRole(role=Role.COMMUNICATIONS, person="carol")),
    "an observation": ("observe latency  rose", Observe(text="latency  rose")),
    "an observation of two lines": ("observe\nfirst\nsecond", Observe(text="first\nsecond")),
    "a theory": ("theory: the pool is full", Theory(text="the pool is full")),
    "an experiment that proved it": (
        "experiment proved restarting helps",
        Experiment(text="restarting helps", outcome=Outcome.PROVED),
    ),
    "an experiment that refuted it": (
        "experiment Refuted: restarting helps",
        Experiment(text="restarting helps", outcome=Outcome.REFUTED),
    ),
    "an experiment whose outcome is open": ("experiment restarting", Experiment(text="restarting")),
    "an update": ("update we roll back", Update(text="we roll back")),
    "a page": ("page payments", PageTeam(whom="payments")),
    "a page of a person": ("page @bob", PageTeam(whom="bob")),
    "a note": ("note they have opened a case", Note(text="they have opened a case")),
    "an end": ("resolve rolled back", Resolve(text="rolled back")),
    "help": ("help", Help()),
    "a question mark": ("?", Help()),
    "nothing": ("", Help()),
    "only the mark": ("!", Help()),
    "only the slash command": ("/incident  ", Help()),
    "only an incident": ("INC-3", Help()),
}


@pytest.mark.parametrize(("text", "meant"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_a_line_means_a_command(text: str, meant: Command) -> None:
    assert understand(text) == meant


UNCLEAR = {
    "a slip gets the nearest": ("esclate", Missing.UNKNOWN, Verb.PASS),
    "a slip in Italian, too": ("osservo! ", Missing.UNKNOWN, Verb.OBSERVE),
    "what looks like nothing gets none": ("xyzzy", Missing.UNKNOWN, None),
    "a severity that is none": ("sev 4", Missing.SEVERITY, Verb.SEV),
    "no severity": ("sev", Missing.SEVERITY, Verb.SEV),
    "no words": ("observe", Missing.TEXT, Verb.OBSERVE),
    "an outcome without words": ("experiment proved", Missing.TEXT, Verb.EXPERIMENT),
    "an end without words": ("resolve", Missing.TEXT, Verb.RESOLVE),
    "a role that is none": ("role king @alice", Missing.ROLE, Verb.ROLE),
    "a role for nobody": ("role tech-lead @", Missing.PERSON, Verb.ROLE),
    "a page for nobody": ("page", Missing.TARGET, Verb.PAGE),
}


@pytest.mark.parametrize(("text", "problem", "nearest"), UNCLEAR.values(), ids=UNCLEAR)
def test_what_is_missing_is_said(text: str, problem: Missing, nearest: Verb | None) -> None:
    found = understand(text)
    assert isinstance(found, Unclear)
    assert (found.problem, found.nearest) == (problem, nearest)


NAMED = {
    "INC-3 ack": "INC-3",
    "!inc-12: sev 1": "INC-12",
    "/incident OPS-7": "OPS-7",
    "ack INC-3": None,
    "sev-1": None,
    "severity-2 all": None,
    "INC-3a ack": None,
    "ack": None,
    "": None,
}


@pytest.mark.parametrize(("text", "key"), NAMED.items(), ids=NAMED)
def test_the_incident_is_the_one_that_the_line_begins_with(text: str, key: str | None) -> None:
    assert incident_named(text) == key


@given(st.text(max_size=200))
def test_no_text_whatever_is_an_error(text: str) -> None:
    understand(text)
    incident_named(text)


@pytest.mark.parametrize("verb", Verb)
def test_every_command_is_understood_by_the_name_that_the_help_gives_it(verb: Verb) -> None:
    found = understand(f"{verb}")
    assert not isinstance(found, Unclear) or found.nearest is verb
