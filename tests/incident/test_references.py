"""Is every name that leads nowhere found, with its place and what to write instead?"""

from typing import Any

import pytest

from incident.references import check_references
from incident.sources import DIALECTS
from tests.incident.organisations import SMALL, organisation

SERVICE = SMALL["services"]["checkout"]
POLICY = SMALL["policies"]["checkout"]


def found(**changes: Any) -> list[tuple[str, str, bool]]:
    return [
        (".".join(map(str, finding.place)), finding.message, finding.fatal)
        for finding in check_references(organisation(**changes))
    ]


def test_a_small_organisation_is_sound() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        pytest.param(
            {"default_service": "shop"},
            "default_service",
            "'shop' is not under services:; known: checkout",
            id="the default service",
        ),
        pytest.param(
            {"routes": [{"labels": {"job": "node"}, "service": "shop"}]},
            "routes.0.service",
            "'shop' is not under services:; known: checkout",
            id="the service of a route",
        ),
        pytest.param(
            {
                "maintenance": {
                    "a": {"comment": "x", "services": ["shop"], "start": "2026-12-01T02:30", "for": "1h"}
                }
            },
            "maintenance.a.services.0",
            "'shop' is not under services:; known: checkout",
            id="the service of a maintenance",
        ),
        pytest.param(
            {"services": {"checkout": SERVICE | {"policy": "night"}}},
            "services.checkout.policy",
            "'night' is not under policies:; known: checkout",
            id="the policy of a service",
        ),
        pytest.param(
            {"services": {"checkout": SERVICE | {"engage": [{"policy": "night"}]}}},
            "services.checkout.engage.0.policy",
            "'night' is not under policies:; known: checkout",
            id="the policy of those who are called in",
        ),
        pytest.param(
            {"policies": {"checkout": POLICY | {"levels": [{"targets": [{"person": "carol"}]}]}}},
            "policies.checkout.levels.0.targets.0.person",
            "'carol' is not under people:; known: alice, bob",
            id="a person of a level",
        ),
        pytest.param(
            {"policies": {"checkout": POLICY | {"levels": [{"targets": [{"person": ""}]}]}}},
            "policies.checkout.levels.0.targets.0.person",
            "'' is not under people:; known: alice, bob",
            id="a person without a name",
        ),
        pytest.param(
            {"policies": {"checkout": POLICY | {"fallback": [{"team": "web"}]}}},
            "policies.checkout.fallback.0.team",
            "'web' is not under teams:; known: payments",
            id="a team of the fallback",
        ),
        pytest.param(
            {"schedules": {}},
            "policies.checkout.levels.0.targets.0.schedule",
            "'primary' is not under schedules:; known: none",
            id="a schedule of a level",
        ),
        pytest.param(
            {"policies": {"checkout": POLICY | {"fallback": [{"next_on_call": "primari"}]}}},
            "policies.checkout.fallback.0.next_on_call",
            "'primari' is not under schedules:; did you mean primary? known: primary",
            id="a schedule whose next person is meant",
        ),
        pytest.param(
            {"policies": {"checkout": POLICY | {"fallback": [{"previous_on_call": "nights"}]}}},
            "policies.checkout.fallback.0.previous_on_call",
            "'nights' is not under schedules:; known: primary",
            id="a schedule whose previous person is meant",
        ),
        pytest.param(
            {
                "policies": {
                    "checkout": POLICY | {"levels": [{"targets": [{"round_robin": ["bob", "carol"]}]}]}
                }
            },
            "policies.checkout.levels.0.targets.0.round_robin.1.person",
            "'carol' is not under people:; known: alice, bob",
            id="a person of a round robin",
        ),
        pytest.param(
            {"policies": {"checkout": POLICY | {"levels": [{"hand_over_to": "managers"}]}}},
            "policies.checkout.levels.0.hand_over_to",
            "'managers' is not under policies:; known: checkout",
            id="the policy that a level hands over to",
        ),
        pytest.param(
            {"policies": {"checkout": POLICY | {"hand_over_to": "managers"}}},
            "policies.checkout.hand_over_to",
            "'managers' is not under policies:; known: checkout",
            id="the policy that comes after the last round",
        ),
        pytest.param(
            {
                "people": SMALL["people"]
                | {"bob": {"name": "B", "contacts": [{"via": "mail"}], "rules": {"high": [{"by": "mial"}]}}}
            },
            "people.bob.rules.high.0.by",
            "'mial' is not under contacts:; did you mean mail? known: mail",
            id="the contact of a personal rule",
        ),
        pytest.param(
            {"teams": {"payments": {"members": ["alice", "carol"]}}},
            "teams.payments.members.1",
            "'carol' is not under people:; known: alice, bob",
            id="a member of a team",
        ),
        pytest.param(
            {"people": SMALL["people"] | {"bob": {"name": "Bob", "contacts": [{"via": "pigeon"}]}}},
            "people.bob.contacts.0.via",
            "'pigeon' is not under connections:; known: console, mail",
            id="the connection of a contact",
        ),
        pytest.param(
            {"use": {"mail": "mail", "chat": "slack"}},
            "use.chat",
            "'slack' is not under connections:; known: mail",
            id="a connection for a purpose",
        ),
        pytest.param(
            {"sources": {"big": {"dialect": "big-brother"}}},
            "sources.big.dialect",
            f"'big-brother' is no dialect; known: {', '.join(sorted({*DIALECTS, 'mail', 'mapped'}))}",
            id="the dialect of a source",
        ),
        pytest.param(
            {"sources": {"nagios": {"dialect": "nagios", "acknowledge_at": "mial"}}},
            "sources.nagios.acknowledge_at",
            "'mial' is not under connections:; did you mean mail? known: mail",
            id="where a source is told of acknowledgements",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_fatal(changes: dict[str, Any], place: str, message: str) -> None:
    assert found(**changes) == [(place, message, True)]


def test_somebody_in_a_rotation_who_is_not_known_is_found() -> None:
    layer = SMALL["schedules"]["primary"]["layers"][0] | {"users": ["alice", "carol"]}

    assert found(schedules={"primary": {"timezone": "UTC", "layers": [layer]}}) == [
        ("schedules.primary.layers.0.users.1", "'carol' is not under people:; known: alice, bob", True)
    ]


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        pytest.param(
            {"people": SMALL["people"] | {"bob": {"name": "Bob"}}},
            "people.bob",
            "cannot be paged; add contacts:, or email: together with mail: under use:",
            id="somebody whom nobody can page",
        ),
        pytest.param(
            {"policies": {"checkout": {"levels": [{"targets": [{"schedule": "primary"}]}]}}},
            "policies.checkout",
            "pages schedules only, and a gap in them would reach nobody; add a fallback: of people",
            id="a policy of schedules only",
        ),
    ],
)
def test_what_works_today_and_may_fail_at_night_is_a_warning(
    changes: dict[str, Any], place: str, message: str
) -> None:
    assert found(**changes) == [(place, message, False)]
