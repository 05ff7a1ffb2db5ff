"""Does any field, dropped, emptied or of another type, lose an alert?"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incident import sources
from incident.errors import PayloadError
from incident.sources.reading import LONGEST_FINGERPRINT
from incident.sources.recognition import recognise
from tests.incident.sources.bodies import body, files

MONITORS = (
    "healthchecks",
    "librato",
    "opsgenie_alert_api",
    "opsgenie_webhook",
    "pagerduty_events_v2",
    "pagerduty_webhook_v2",
    "pagerduty_webhook_v3",
    "pingdom",
    "rollbar",
    "statuscake",
    "statuspage_webhook",
    "updown",
    "uptime_kuma",
    "uptimerobot",
    "victorops",
)
NO_ALERT = {("uptime_kuma", "v253_test.json")}
BODIES = [known for known in files(*MONITORS) if known not in NO_ALERT]

DROPPED = object()
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each field below."""
    for name, child in named(value):
        yield (*here, name)
        yield from places(child, (*here, name))


def named(value: Any) -> list[tuple[Any, Any]]:
    match value:
        case dict():
            return list(value.items())
        case list():
            return list(enumerate(value))
        case _:
            return []


def mutated(payload: Any, place: tuple[Any, ...], content: Any) -> Any:
    changed = copy.deepcopy(payload)
    parent = changed
    for name in place[:-1]:
        parent = parent[name]
    if content is not DROPPED:
        parent[place[-1]] = content
    elif isinstance(parent, dict):
        del parent[place[-1]]
    return changed


@pytest.mark.parametrize(("dialect", "file"), BODIES)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_field_whatever_becomes_of_it_never_loses_the_alert(
    dialect: str, file: str, data: st.DataObject
) -> None:
    payload = body(dialect, file)
    place = data.draw(st.sampled_from(list(places(payload))))
    content = data.draw(st.just(DROPPED) | ANYTHING)

    read = sources.parse(dialect, mutated(payload, place, content))

    assert read or place == ("messages",)  # an empty list of messages holds none
    for alert in read:
        assert 0 < len(alert.fingerprint) <= LONGEST_FINGERPRINT
        assert alert.title or alert.status != "firing"
        alert.model_dump_json().encode()


@pytest.mark.parametrize("dialect", MONITORS)
@given(payload=ANYTHING)
@settings(max_examples=60, deadline=None)
def test_another_message_is_read_or_refused_with_a_sentence(dialect: str, payload: Any) -> None:
    try:
        read = sources.parse(dialect, payload)
    except PayloadError as refused:
        assert not isinstance(payload, dict)
        assert refused.field == "body"  # noqa: PT017  it may also be read
    else:
        assert all(alert.fingerprint for alert in read)


@pytest.mark.parametrize("dialect", [dialect for dialect in MONITORS if dialect != "updown"])
@pytest.mark.parametrize("payload", [None, "down", 7, ["down"]], ids=repr)
def test_only_an_object_is_a_message(dialect: str, payload: Any) -> None:
    with pytest.raises(PayloadError, match=r"^body: must be "):
        sources.parse(dialect, payload)


@given(payload=ANYTHING)
@settings(deadline=None)
def test_any_message_is_recognised_as_something(payload: Any) -> None:
    assert recognise(payload).dialect in sources.DIALECTS
