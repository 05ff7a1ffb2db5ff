"""Is everything that a service needs found, the nearest first, whatever circles there are?"""

import pytest

from incident.dependencies import circle_through, needed_by

SHOP = {"shop": ["api", "search"], "api": ["database"], "search": ["database", "queue"], "database": []}
CIRCLE = {"a": ["b"], "b": ["c"], "c": ["a", "d"]}


@pytest.mark.parametrize(
    ("service", "needs", "found"),
    [
        pytest.param("shop", SHOP, ("api", "search", "database", "queue"), id="the nearest first"),
        pytest.param("database", SHOP, (), id="nothing"),
        pytest.param("unknown", SHOP, (), id="of a service that nobody knows"),
        pytest.param("a", CIRCLE, ("b", "c", "d"), id="in a circle, never itself"),
    ],
)
def test_what_a_service_needs(service: str, needs: dict[str, list[str]], found: tuple[str, ...]) -> None:
    assert needed_by(service, needs) == found


@pytest.mark.parametrize(
    ("service", "needs", "circle"),
    [
        pytest.param("a", CIRCLE, ("a", "b", "c", "a"), id="round all of it"),
        pytest.param("d", CIRCLE, (), id="beside it"),
        pytest.param("a", {"a": ["a"]}, ("a", "a"), id="of one"),
        pytest.param("a", {"a": ["b", "c"], "b": ["c"], "c": ["a"]}, ("a", "c", "a"), id="the shortest"),
    ],
)
def test_the_way_from_a_service_back_to_itself(
    service: str, needs: dict[str, list[str]], circle: tuple[str, ...]
) -> None:
    assert circle_through(service, needs) == circle
