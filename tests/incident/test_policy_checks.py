"""Is a policy refused that never ends, and is one told that may page nobody but its fallback?"""

from typing import Any

import pytest

from incident.references import check_references
from tests.incident.organisations import SMALL, organisation

ALICE = {"targets": [{"person": "alice"}]}
AT_NIGHT = ALICE | {"when": {"between": {"timezone": "Europe/Rome", "start": "22:00", "end": "06:00"}}}


def found(**policies: dict[str, Any]) -> list[tuple[str, str, bool]]:
    organised = organisation(policies={"checkout": SMALL["policies"]["checkout"], **policies})
    return [
        (".".join(map(str, finding.place)), finding.message, finding.fatal)
        for finding in check_references(organised)
    ]


def test_policies_that_hand_over_one_after_the_other_are_sound() -> None:
    assert found(first={"levels": [ALICE], "hand_over_to": "second"}, second={"levels": [ALICE]}) == []


@pytest.mark.parametrize(
    ("policies", "place", "circle"),
    [
        pytest.param(
            {"first": {"levels": [ALICE], "hand_over_to": "first"}},
            "policies.first.hand_over_to",
            "first → first",
            id="one that hands over to itself",
        ),
        pytest.param(
            {
                "first": {"levels": [ALICE], "hand_over_to": "second"},
                "second": {"levels": [ALICE, {"hand_over_to": "first"}]},
            },
            "policies.first.hand_over_to",
            "first → second → first",
            id="two that hand over to each other, told once",
        ),
        pytest.param(
            {
                "one": {"levels": [ALICE, {"hand_over_to": "two"}]},
                "three": {"levels": [ALICE], "hand_over_to": "one"},
                "two": {"levels": [ALICE], "hand_over_to": "three"},
            },
            "policies.one.levels.1.hand_over_to",
            "one → two → three → one",
            id="three in a circle, by a level",
        ),
    ],
)
def test_a_circle_is_refused(policies: dict[str, Any], place: str, circle: str) -> None:
    message = f"{circle} never ends; let one of them end with a fallback: instead"
    assert found(**policies) == [(place, message, True)]


def test_a_policy_that_leads_into_a_circle_is_not_the_one_to_change() -> None:
    places = [
        place
        for place, *_ in found(
            before={"levels": [ALICE], "hand_over_to": "round"},
            round={"levels": [ALICE], "hand_over_to": "round"},
        )
    ]
    assert places == ["policies.round.hand_over_to"]


def test_levels_that_may_all_be_passed_over_are_told() -> None:
    ((place, message, fatal),) = found(night={"levels": [AT_NIGHT]})
    assert (place, fatal) == ("policies.night.levels", False)
    assert message.startswith("every level has a when:")


def test_one_level_that_waits_for_its_hours_is_enough() -> None:
    assert found(night={"levels": [AT_NIGHT, AT_NIGHT | {"else": "wait"}]}) == []
