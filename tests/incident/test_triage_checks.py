"""Does `incident check` find what triage is told wrongly?"""

from typing import Any

import pytest
from pydantic import ValidationError

from incident.references import check_references
from tests.incident.organisations import organisation

THREE: dict[str, Any] = {name: {"policy": "checkout"} for name in ("checkout", "api", "database")}


def needing(**needs: list[str]) -> dict[str, Any]:
    return {"services": {name: {**THREE[name], "depends_on": needs.get(name, [])} for name in THREE}}


def found(**changes: Any) -> list[tuple[str, str, bool]]:
    findings = check_references(organisation(**changes))
    return [(".".join(map(str, each.place)), each.message, each.fatal) for each in findings]


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        pytest.param(
            {"routes": [{"labels": {"a": "b"}, "service": "chekout"}]},
            "routes.0.service",
            "'chekout' is not under services:; did you mean checkout? known: checkout",
            id="the service of a route",
        ),
        pytest.param(
            {"routes": [{"labels": {"a": "b"}, "team": "payment"}]},
            "routes.0.team",
            "'payment' is not under teams:; did you mean payments? known: payments",
            id="the team of a route",
        ),
        pytest.param(
            {"teams": {"payments": {"members": ["alice"], "policy": "night"}}},
            "teams.payments.policy",
            "'night' is not under policies:; known: checkout",
            id="the policy of a team",
        ),
        pytest.param(
            {"minimum_severity": "unknown"},
            "minimum_severity",
            "unknown is no minimum: it may be anything; write critical, error, warning or info",
            id="a minimum that is none",
        ),
        pytest.param(
            needing(checkout=["db"]),
            "services.checkout.depends_on.0",
            "'db' is not under services:; known: api, checkout, database",
            id="a service that another needs",
        ),
        pytest.param(
            needing(checkout=["api"], api=["database"], database=["api"]),
            "services.api.depends_on",
            "a service cannot need itself: api -> database -> api; take one of these steps out",
            id="services that need each other, told once",
        ),
        pytest.param(
            needing(api=["api"]),
            "services.api.depends_on",
            "a service cannot need itself: api -> api; take one of these steps out",
            id="a service that needs itself",
        ),
        pytest.param(
            {"inhibit_rules": [{"source_matchers": ["a!=b"], "target_matchers": ["c=d"]}]},
            "inhibit_rules.0.source_matchers",
            "these are met by every alert without such labels; name a label that must be there",
            id="a rule whose cause is every alert",
        ),
    ],
)
def test_what_cannot_work_is_fatal(changes: dict[str, Any], place: str, message: str) -> None:
    assert found(**changes) == [(place, message, True)]


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        pytest.param(
            {"routes": [{"labels": {"a": "b"}, "team": "payments"}]},
            "routes.0.team",
            "team payments has no policy:, so the policy of the service pages; add one",
            id="a team that has no effect",
        ),
        pytest.param(
            {
                "routes": [
                    {"match": ["a=b"], "service": "checkout"},
                    {"match": ["a=b", "c=d"], "service": "checkout"},
                ]
            },
            "routes.1",
            "it is never reached: routes[0] fits all of its alerts; move it up",
            id="a narrow route behind a wide one",
        ),
        pytest.param(
            {
                "thresholds": [
                    {"match": ["a=b"], "at_least": 3, "within": "5m"},
                    {"match": ["a=b", "c=d"], "at_least": 3, "within": "5m"},
                ]
            },
            "thresholds.1",
            "it is never reached: one before it fits all of its alerts; move it up",
            id="a narrow threshold behind a wide one",
        ),
        pytest.param(
            {"inhibit_rules": [{"source_matchers": ["a=b"], "target_matchers": ["a=b"]}]},
            "inhibit_rules.0",
            "causes and consequences are the same, so it never inhibits anything",
            id="a rule that inhibits nothing",
        ),
    ],
)
def test_what_has_no_effect_is_a_warning(changes: dict[str, Any], place: str, message: str) -> None:
    assert found(**changes) == [(place, message, False)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"routes": [{"labels": {"a": "b"}}]}, "it changes nothing; write at least one of service:"),
        ({"routes": [{"match": ["a"], "service": "checkout"}]}, "is no matcher; write label="),
        ({"routes": [{"match": ['a=~"("'], "service": "checkout"}]}, "is no regular expression"),
        ({"flapping": {"changes": 1}}, "greater than or equal to 3"),
        ({"grouping": {"within": "5"}}, "write a number with a unit"),
        ({"minimum_severity": "high"}, "'critical', 'error', 'warning', 'info' or 'unknown'"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_cannot_be_read_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        organisation(**changes)

    assert says in str(caught.value)
