"""Do matchers mean what Alertmanager's users expect, and can none of them hang?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from incident.alert import Alert, AlertSeverity, AlertStatus
from incident.matching import LONGEST_PATTERN, LONGEST_VALUE, Matcher, Operator, labels_of, match_all

MATCHER: TypeAdapter[Matcher] = TypeAdapter(Matcher)
LABELS = {"severity": "critical", "host": "db-1", "region": "eu", "path": 'a "quoted" \\ path', "team": ""}


@pytest.mark.parametrize(
    ("text", "met"),
    [
        pytest.param('severity="critical"', True, id="equal"),
        pytest.param("severity=critical", True, id="quotes may be left out"),
        pytest.param(' severity = "critical" ', True, id="spaces do not matter"),
        pytest.param('severity="crit"', False, id="equal means the whole value"),
        pytest.param('severity!="warning"', True, id="not equal"),
        pytest.param('env!="dev"', True, id="a label that is missing is not dev"),
        pytest.param('env=""', True, id="a label that is missing is empty"),
        pytest.param("env=", True, id="nothing is the empty value"),
        pytest.param('team=""', True, id="an empty label is as one that is missing"),
        pytest.param('host=~"db.*"', True, id="a regular expression"),
        pytest.param('host=~"b-1"', False, id="anchored at its beginning"),
        pytest.param('host=~"db"', False, id="anchored at its end"),
        pytest.param('host=~"x|db-1"', True, id="anchored around alternatives"),
        pytest.param(r'host=~"db-\d"', True, id="a class needs one backslash"),
        pytest.param(r'host=~"db-\\d"', True, id="or two, as in Alertmanager's quotes"),
        pytest.param('severity=~"(?i)CRITICAL"', True, id="case may be ignored"),
        pytest.param('host!~"web.*|api.*"', True, id="not a regular expression"),
        pytest.param('env=~".+"', False, id="a label that is missing has no character"),
        pytest.param("region in (eu, us)", True, id="in a set"),
        pytest.param('region in ("eu","us")', True, id="in a set of quoted values"),
        pytest.param("region not in (eu)", False, id="not in a set"),
        pytest.param("env not in (dev, test)", True, id="a label that is missing is not in the set"),
        pytest.param("region in ()", False, id="nothing is in the empty set"),
        pytest.param(r'path="a \"quoted\" \\ path"', True, id="quotes and backslashes are escaped"),
        pytest.param('"severity"="critical"', True, id="the name may be quoted"),
    ],
)
def test_a_matcher_reads_as_in_alertmanager(text: str, met: bool) -> None:
    matcher = MATCHER.validate_python(text)

    assert matcher.matches(LABELS) is met
    assert MATCHER.validate_python(str(matcher)) == matcher


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("critical", 'write label="value"'),
        ("", "is no matcher"),
        ('="x"', "is no matcher"),
        ('a="b" c="d"', "is no matcher"),
        ("a in b", "is no matcher"),
        ('a in ("b" c)', "separate the values by commas"),
        ('a=~"("', "unclosed group"),
        ('a=~"x)|(y"', "unopened group"),
        ('a=~"(?=x)"', "look-around"),
        (r'a=~"(x)\1"', "backreferences are not supported"),
        (r'a=~"(\w{90}){50}"', "size limit"),
        (f'a=~"{"x" * (LONGEST_PATTERN + 1)}"', "longer than 500 characters"),
        (f'a="{"x" * 5000}"', "is no matcher"),
        (7, "valid dictionary or instance"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_matcher_is_refused_with_what_to_write(text: Any, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        MATCHER.validate_python(text)

    assert says in str(caught.value)


def test_only_a_set_compares_with_several_values() -> None:
    with pytest.raises(ValidationError, match=r"for several write region in \(a, b\)"):
        Matcher(label="region", op=Operator.EQUAL, values=("eu", "us"))


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|aa)+", "(a|a?)+", "(.*a){20}"])
def test_a_pattern_that_would_backtrack_for_longer_than_the_universe_answers(pattern: str) -> None:
    matcher = Matcher(label="x", op=Operator.MATCHES, values=(pattern,))

    assert not matcher.matches({"x": "a" * 1000 + "!"})


def test_only_the_beginning_of_a_very_long_value_is_looked_at() -> None:
    assert MATCHER.validate_python('x=~"a+"').matches({"x": "a" * LONGEST_VALUE + "b" * 1_000_000})


def test_a_lone_surrogate_in_a_label_is_one_character_and_no_error() -> None:
    assert MATCHER.validate_python('x=~"a."').matches({"x": "a\ud800"})


@given(
    label=st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable()),
    op=st.sampled_from([op for op in Operator if op not in {Operator.MATCHES, Operator.MATCHES_NOT}]),
    value=st.text(max_size=40),
)
def test_every_matcher_reads_back_from_its_text(label: str, op: Operator, value: str) -> None:
    matcher = Matcher(label=label, op=op, values=(value,))

    assert MATCHER.validate_python(MATCHER.dump_python(matcher, mode="json")) == matcher


@given(
    labels=st.dictionaries(st.sampled_from("abc"), st.text(max_size=3)), values=st.sets(st.text(max_size=3))
)
def test_a_negated_matcher_is_met_exactly_when_its_opposite_is_not(
    labels: dict[str, str], values: set[str]
) -> None:
    within = Matcher(label="a", op=Operator.IN, values=tuple(values))

    assert within.matches(labels) is not within.model_copy(update={"op": Operator.NOT_IN}).matches(labels)


def test_the_monitors_own_labels_come_before_what_was_understood() -> None:
    alert = Alert(
        source="prometheus",
        fingerprint="f1",
        status=AlertStatus.FIRING,
        title="Disk full",
        severity=AlertSeverity.CRITICAL,
        labels={"service": "checkout-api", "severity": "page", "env": "prod"},
    )

    labels = labels_of(alert, "checkout")

    assert labels["service"] == "checkout-api", "as the users of the monitor write it"
    assert labels["@service"] == "checkout", "as it was routed"
    assert (labels["severity"], labels["@severity"]) == ("page", "critical")
    assert (labels["title"], labels["source"], labels["status"]) == ("Disk full", "prometheus", "firing")


def test_no_matcher_means_every_alert() -> None:
    assert match_all((), LABELS)
    assert not match_all(map(MATCHER.validate_python, ["region=eu", "host=web"]), LABELS)
