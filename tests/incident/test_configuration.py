"""Does the file mean what an operator expects, and is what it cannot mean refused?"""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from incident.alert import Alert, AlertStatus
from incident.configuration import Configuration, Language
from incident.policy import Target
from incident.routing import route
from incident.severity import DEFAULT_POLICY, Severity, Tier
from tests.incident.organisations import SMALL, organisation, written


def alert(service: str | None = None, **labels: str) -> Alert:
    return Alert(
        source="generic",
        fingerprint="f",
        status=AlertStatus.FIRING,
        title="t",
        service=service,
        labels=labels,
    )


def test_what_is_left_out_has_a_sensible_default() -> None:
    small = organisation()

    assert small.severity_policy == DEFAULT_POLICY
    assert small.sources.keys() == {"alertmanager", "generic"}
    assert small.organisation.incident_prefix == "INC"
    assert small.services["checkout"].tier is Tier.CUSTOMER_FACING
    assert not small.services["checkout"].page_at_night
    assert small.policies["checkout"].repeat == 2
    assert small.policies["checkout"].levels[0].wait == timedelta(minutes=5)


def test_the_worse_it_is_the_sooner_a_decision_is_due() -> None:
    deadlines = organisation(
        deadlines={"critical": {"assess": "5m", "resolve": "20m", "next_update": "15m"}}
    ).deadlines

    assert deadlines.of(Severity.CRITICAL).assess == timedelta(minutes=5)
    for before, after in ((Severity.CRITICAL, Severity.MAJOR), (Severity.MAJOR, Severity.MINOR)):
        sooner, later = deadlines.of(before), deadlines.of(after)
        assert (sooner.assess, sooner.resolve, sooner.next_update) < (
            later.assess,
            later.resolve,
            later.next_update,
        )


SERVICES = {name: {"policy": "checkout"} for name in ("checkout", "database", "web")}
ROUTES = [
    {"labels": {"job": "postgres", "env": "prod"}, "service": "database"},
    {"labels": {"job": "postgres"}, "service": "web"},
]


@pytest.mark.parametrize(
    ("of", "service"),
    [
        pytest.param(alert("web", job="postgres", env="prod"), "web", id="what the alert names"),
        pytest.param(alert(job="postgres", env="prod"), "database", id="else the first route that fits"),
        pytest.param(alert(job="postgres", env="test"), "web", id="all labels of a route have to fit"),
        pytest.param(
            alert("unknown", job="postgres"), "web", id="a service that nobody knows is as if unnamed"
        ),
        pytest.param(alert(job="node"), "checkout", id="else the default: nothing is dropped"),
    ],
)
def test_the_service_of_an_alert(of: Alert, service: str) -> None:
    assert route(organisation(services=SERVICES, routes=ROUTES), of).service == service


def test_the_language_is_the_services_own_or_the_organisations() -> None:
    italian = organisation(
        organisation={"name": "Acme", "language": "it"},
        services={"checkout": {"policy": "checkout"}, "api": {"policy": "checkout", "language": "en"}},
    )

    assert italian.language_of("checkout") is Language.ITALIAN
    assert italian.language_of("api") is Language.ENGLISH


def test_a_connection_keeps_its_settings_and_the_name_of_its_secret() -> None:
    (mail,) = organisation(
        connections={
            "mail": {"type": "smtp", "host": "mail.example.org", "password": {"env": "SMTP_PASSWORD"}}
        }
    ).connections.values()

    assert mail.settings == {"host": "mail.example.org", "password": {"env": "SMTP_PASSWORD"}}


def test_the_file_survives_being_kept_in_the_ledger() -> None:
    small = organisation()

    assert Configuration.model_validate_json(small.model_dump_json(by_alias=True)) == small


@pytest.mark.parametrize(
    ("place", "extra"),
    [
        pytest.param((), {"service": {}}, id="at the top"),
        pytest.param(("people", "alice"), {"phone": "1"}, id="in a person"),
        pytest.param(("teams", "payments"), {"lead": "bob"}, id="in a team"),
        pytest.param(("policies", "checkout"), {"timeout": "5m"}, id="in a policy"),
        pytest.param(("policies", "checkout", "levels", 0), {"timeout": "5m"}, id="in a level"),
        pytest.param(("policies", "checkout", "fallback", 0), {"role": "lead"}, id="in a target"),
        pytest.param(("services", "checkout"), {"owner": "bob"}, id="in a service"),
        pytest.param(("schedules", "primary"), {"rotation": "weekly"}, id="in a schedule"),
    ],
)
def test_a_key_that_means_nothing_is_refused(place: tuple[str | int, ...], extra: dict[str, Any]) -> None:
    file = written()
    section: Any = file
    for key in place:
        section = section[key]
    section.update(extra)

    with pytest.raises(ValidationError) as caught:
        Configuration.model_validate(file)

    (problem,) = caught.value.errors()
    assert problem["type"] == "extra_forbidden"
    assert problem["loc"] == (*place, *extra)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param(
            {"people": {"Alice Smith": {"name": "Alice"}}}, "should match pattern", id="a key with a blank"
        ),
        pytest.param(
            {"policies": {"checkout": {"levels": []}}}, "at least 1 item", id="a policy without levels"
        ),
        pytest.param(
            {"policies": {"checkout": {"levels": [{"targets": []}]}}},
            "at least 1 item",
            id="a level without targets",
        ),
        pytest.param(
            {"policies": {"checkout": {"levels": [{"targets": [{}]}]}}},
            "write exactly one of person:, schedule:, ",
            id="a target that is nobody",
        ),
        pytest.param(
            {"policies": {"checkout": {"levels": [{"targets": [{"person": "bob", "team": "payments"}]}]}}},
            "write exactly one of person:, schedule:, ",
            id="a target that is two things",
        ),
        pytest.param(
            {"policies": {"checkout": SMALL["policies"]["checkout"] | {"repeat": 10}}},
            "less than or equal to 9",
            id="ten repetitions",
        ),
        pytest.param(
            {"policies": {"checkout": {"levels": [{"targets": [{"person": "bob"}], "wait": 5}]}}},
            "5 is no duration; write a number with a unit",
            id="a wait without unit",
        ),
        pytest.param(
            {"connections": {"chat": {"url": "x"}}},
            "write either block: <type slug>/<name>, or type:",
            id="a connection of no kind",
        ),
        pytest.param(
            {"connections": {"chat": {"block": "a/b", "type": "a"}}},
            "write either block: <type slug>/<name>, or type:",
            id="a connection of two kinds",
        ),
        pytest.param(
            {"sources": {"generic": {"dialect": "generic", "token": {"env": "lower"}}}},
            "should match pattern",
            id="a secret that is no name of a variable",
        ),
        pytest.param(
            {"sources": {"generic": {"dialect": "generic", "token": "hunter2"}}},
            "valid dictionary or instance of FromEnvironment",
            id="a secret in the file",
        ),
        pytest.param(
            {"deadlines": {"critical": {"assess": "0s", "resolve": "1h", "next_update": "1h"}}},
            "greater than 0 seconds",
            id="a deadline that is always over",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        organisation(**changes)

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (Target(person="alice"), "alice"),
        (Target(schedule="primary"), "schedule primary"),
        (Target(team="payments"), "team payments"),
    ],
    ids=["a person", "a schedule", "a team"],
)
def test_a_target_is_called_by_what_it_is(target: Target, name: str) -> None:
    assert str(target) == name
