"""Which services does one need, and does it need itself? `depends_on:` of services, followed to its end."""

from collections import deque
from collections.abc import Mapping, Sequence

Needs = Mapping[str, Sequence[str]]
"""By service: those that it needs itself."""


def needed_by(service: str, needs: Needs) -> tuple[str, ...]:
    """Everything that a service needs, directly or through others; the nearest first, circles once."""
    found: dict[str, None] = {}
    waiting = deque(needs.get(service, ()))
    while waiting:
        name = waiting.popleft()
        if name != service and name not in found:
            found[name] = None
            waiting.extend(needs.get(name, ()))
    return tuple(found)


def circle_through(service: str, needs: Needs) -> tuple[str, ...]:
    """The shortest way from a service back to itself, with it at both ends; empty if there is none."""
    came_from: dict[str, str] = {}
    waiting = deque([service])
    while waiting:
        name = waiting.popleft()
        for needed in needs.get(name, ()):
            if needed == service:
                return _way(service, name, came_from)
            if needed not in came_from:
                came_from[needed] = name
                waiting.append(needed)
    return ()


def _way(service: str, last: str, came_from: Mapping[str, str]) -> tuple[str, ...]:
    way = [service]
    while last != service:
        way.append(last)
        last = came_from[last]
    return (service, *reversed(way)) if len(way) > 1 else (service, service)
