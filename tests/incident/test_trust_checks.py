"""Is a source told when it could never prove itself, and which secret it waits for?"""

from typing import Any

import pytest

from incident.trust_checks import can_be_made, check_trust
from service.configuration_environment import unset_variables
from tests.incident.organisations import organisation

SNS = {"by": "sns", "topics": ["arn:aws:sns:eu-south-1:123456789012:alarms"]}


def source(dialect: str, **changes: Any) -> Any:
    return organisation(sources={"one": {"dialect": dialect} | changes})


@pytest.mark.parametrize(
    ("dialect", "verify", "said"),
    [
        pytest.param("pingdom", {"by": "bearer"}, "an address only", id="a token that cannot be sent"),
        pytest.param("splunk", {"by": "basic"}, "an address only", id="a password that cannot be sent"),
        pytest.param("cloudwatch_sns", {"by": "bearer"}, "by: sns", id="Amazon without its signature"),
        pytest.param("generic", SNS, "something else", id="the signature of Amazon for others"),
        pytest.param("generic", {"by": "signature"}, "timestamp_header", id="a signature for ever"),
    ],
)
def test_a_way_that_does_not_fit_its_dialect_is_warned_about(
    dialect: str, verify: dict[str, Any], said: str
) -> None:
    (finding,) = check_trust(source(dialect, verify=verify))
    assert said in finding.message
    assert not finding.fatal


@pytest.mark.parametrize(
    ("dialect", "verify"),
    [
        ("pingdom", {"by": "address"}),
        ("cloudwatch_sns", SNS),
        ("pagerduty_webhook_v3", {"by": "signature"}),
        ("generic", {"by": "signature", "timestamp_header": "X-Signed-At"}),
        ("alertmanager", {"by": "bearer"}),
    ],
)
def test_a_way_that_fits_is_not(dialect: str, verify: dict[str, Any]) -> None:
    assert list(check_trust(source(dialect, verify=verify))) == []


@pytest.mark.parametrize(
    ("dialect", "changes", "place"),
    [
        pytest.param(
            "pagerduty_webhook_v3",
            {"verify": {"by": "signature"}},
            "sources.one.verify",
            id="given by others",
        ),
        pytest.param("generic", {"token": {"env": "TOKEN"}}, "sources.one.token.env", id="named and not set"),
        pytest.param(
            "generic",
            {"verify": {"by": "bearer", "also": [{"env": "OLD"}]}},
            "sources.one.verify.also.0",
            id="the one before",
        ),
    ],
)
def test_a_secret_that_is_not_there_and_that_we_cannot_make_is_a_problem(
    dialect: str, changes: dict[str, Any], place: str
) -> None:
    (finding,) = unset_variables(source(dialect, **changes), {})
    assert (".".join(map(str, finding.place)), finding.fatal) == (place, True)
    there = {"INCIDENT_TOKEN_ONE": "s", "TOKEN": "s", "OLD": "s"}
    assert list(unset_variables(source(dialect, **changes), there)) == []


@pytest.mark.parametrize(
    ("dialect", "verify", "ours"),
    [
        ("generic", {"by": "bearer"}, True),
        ("grafana", {"by": "signature"}, True),
        ("sentry", {"by": "signature"}, False),
        ("cloudwatch_sns", SNS, False),
        ("cloudwatch_sns", SNS | {"raw": True}, True),
    ],
)
def test_a_secret_is_made_for_those_whose_sender_can_be_given_one(
    dialect: str, verify: dict[str, Any], ours: bool
) -> None:
    assert can_be_made(source(dialect, verify=verify).sources["one"]) is ours
