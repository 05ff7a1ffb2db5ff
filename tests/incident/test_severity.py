"""Is the proposed severity the one that the policy's rules say, and in doubt the higher one?"""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.alert import Alert, AlertSeverity, AlertStatus, read_severity
from incident.severity import DEFAULT_POLICY, IN_DOUBT, Severity, SeverityRule, Tier, propose_severity

PAGE = Path(__file__).parents[2] / "docs" / "severity.md"

CRITICAL, MAJOR, MINOR = Severity.CRITICAL, Severity.MAJOR, Severity.MINOR
CUSTOMERS, INTERNAL, BEST_EFFORT = Tier.CUSTOMER_FACING, Tier.INTERNAL, Tier.BEST_EFFORT


def alert(severity: str = "unknown", **labels: str) -> Alert:
    return Alert(
        source="alertmanager",
        fingerprint="f",
        status=AlertStatus.FIRING,
        title="t",
        severity=AlertSeverity(severity),
        labels=labels,
    )


@pytest.mark.parametrize(
    ("word", "tier", "proposed"),
    [
        pytest.param("critical", CUSTOMERS, CRITICAL, id="critical where customers are is critical"),
        pytest.param("critical", INTERNAL, MAJOR, id="critical inside is major"),
        pytest.param("critical", BEST_EFFORT, MINOR, id="critical on best effort is minor"),
        pytest.param("error", CUSTOMERS, MAJOR, id="an error where customers are is major"),
        pytest.param("error", INTERNAL, MINOR, id="an error that customers do not see is minor"),
        pytest.param("error", BEST_EFFORT, MINOR, id="also on best effort"),
        pytest.param("warning", CUSTOMERS, MINOR, id="a warning is minor"),
        pytest.param("warning", BEST_EFFORT, MINOR, id="everywhere"),
        pytest.param("info", CUSTOMERS, MINOR, id="so is information that fires"),
        pytest.param("unknown", CUSTOMERS, MAJOR, id="in doubt it is major"),
        pytest.param("unknown", BEST_EFFORT, MAJOR, id="in doubt even on best effort"),
    ],
)
def test_the_default_policy(word: str, tier: Tier, proposed: Severity) -> None:
    proposal = propose_severity(DEFAULT_POLICY, alert(word), tier)

    assert proposal.severity is proposed
    assert proposal.reason


DATA_LOSS = SeverityRule(propose=CRITICAL, because="customer data", labels={"data": "customers"})
BATCH = SeverityRule(
    propose=MINOR,
    because="batch",
    labels={"kind": "batch"},
    alert_severity=(AlertSeverity.ERROR, AlertSeverity.CRITICAL),
)
PAID = SeverityRule(propose=MAJOR, because="paid for", labels={"plan": "paid", "env": "prod"}, tier=CUSTOMERS)
ALWAYS = SeverityRule(propose=MINOR, because="anything else")


@pytest.mark.parametrize(
    ("rules", "of", "tier", "reason"),
    [
        pytest.param(
            (BATCH, DATA_LOSS),
            alert("error", kind="batch", data="customers"),
            INTERNAL,
            "customer data",
            id="of two rules the worse one wins, whatever their order",
        ),
        pytest.param(
            (PAID,), alert(plan="paid", env="prod"), CUSTOMERS, "paid for", id="all labels must fit"
        ),
        pytest.param(
            (PAID, ALWAYS), alert(plan="paid"), CUSTOMERS, "anything else", id="a missing label does not"
        ),
        pytest.param(
            (PAID, ALWAYS), alert(plan="paid", env="prod"), INTERNAL, "anything else", id="the tier must fit"
        ),
        pytest.param(
            (BATCH, ALWAYS),
            alert("warning", kind="batch"),
            INTERNAL,
            "anything else",
            id="one of the urgencies must fit",
        ),
        pytest.param(
            (ALWAYS, BATCH),
            alert("error", kind="batch"),
            INTERNAL,
            "anything else",
            id="of two equal ones the first gives the reason",
        ),
        pytest.param((DATA_LOSS,), alert("info"), INTERNAL, IN_DOUBT.reason, id="no rule fits: in doubt"),
        pytest.param((), alert("critical"), CUSTOMERS, IN_DOUBT.reason, id="no rules at all: in doubt"),
    ],
)
def test_the_reason_is_that_of_the_rule(
    rules: tuple[SeverityRule, ...], of: Alert, tier: Tier, reason: str
) -> None:
    assert propose_severity(rules, of, tier).reason == reason


@given(st.lists(st.sampled_from(DEFAULT_POLICY)), st.sampled_from(AlertSeverity), st.sampled_from(Tier))
def test_one_more_rule_never_makes_a_known_alert_less_severe(
    rules: list[SeverityRule], word: AlertSeverity, tier: Tier
) -> None:
    for rule in DEFAULT_POLICY:
        before = propose_severity(tuple(rules), alert(word), tier)
        after = propose_severity((*rules, rule), alert(word), tier)
        assert after.severity <= before.severity or before == IN_DOUBT


def test_the_documented_words_are_those_that_are_understood() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", PAGE.read_text(), re.MULTILINE)

    read = {
        severity: {read_severity(word) for word in re.findall(r"`([^`]+)`", words)}
        for severity, words in rows
    }
    assert read == {severity: {severity} for severity in AlertSeverity if severity != "unknown"}


def test_the_documented_policy_is_the_default_one() -> None:
    rows = re.findall(r"^\| ([\w ,]+) \| ([\w ]+) \| (\d) \w+ \|", PAGE.read_text(), re.MULTILINE)

    for words, tier, severity in rows:
        for word in words.split(", "):
            tiers = [*Tier] if tier == "any" else [Tier(tier.replace(" ", "_"))]
            assert {propose_severity(DEFAULT_POLICY, alert(word), each).severity for each in tiers} == {
                int(severity)
            }
    assert len(rows) == 7
