"""An organisation for tests that hold for any: five people, two schedules, two policies, by a number."""

from random import Random
from typing import Any

NAMES = ("ada", "ben", "cleo", "dan", "eve")


class AnyOrganisation:
    """Any organisation that a number stands for."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)

    def sections(self) -> dict[str, Any]:
        people = {name: self.person(name) for name in NAMES}
        policies = {
            "checkout": self.policy("platform") | {"hand_over_to": "platform"},
            "platform": self.policy(None),
        }
        return {
            "people": people,
            "teams": {"office": {"members": self.some()}},
            "schedules": {"primary": self.schedule(), "secondary": self.schedule()},
            "policies": policies,
            "services": {"checkout": {"policy": "checkout", "page_at_night": self.maybe()}},
            "connections": {"mail": {"type": "smtp-mail"}, "sms": {"type": "signed-webhook"}},
        }

    def person(self, name: str) -> dict[str, Any]:
        contacts: list[dict[str, Any]] = [{"via": "console"}, {"via": "sms", "to": "https://example.com"}]
        if self.maybe():
            contacts[1]["bundle"] = self.minutes(1, 30)
        rules = {
            urgency: [
                {"by": "sms", "after": self.minutes(0, 3)},
                {"by": "console", "after": self.minutes(3, 25)},
                {"by": "sms", "after": self.minutes(25, 50)},
            ]
            for urgency in ("high", "low")
            if self.maybe()
        }
        quiet = {"quiet": {"start": "01:00", "end": "04:40"}} if self.maybe() else {}
        return {
            "name": name,
            "contacts": contacts if self.chance.random() < 0.8 else [],
            "rules": rules | quiet,
        }

    def schedule(self) -> dict[str, Any]:
        start = f"2026-11-0{self.chance.randint(2, 9)}T09:20:00"
        handoff = {"every": self.chance.randint(5, 9), "unit": "hour"}
        layer: dict[str, Any] = {
            "users": self.some(),
            "start": start,
            "handoff": handoff,
        }
        if self.maybe():
            layer["restrictions"] = [{"type": "daily", "start": "05:00", "end": "04:00"}]
        return {"timezone": "Europe/Rome", "layers": [layer]}

    def policy(self, other: str | None) -> dict[str, Any]:
        levels = [self.level() for _ in range(self.chance.randint(1, 4))]
        if other and self.maybe():
            levels.append({"hand_over_to": other, "when": {"severity": [1, 3]}})
        if self.maybe():
            levels[0]["delay"] = self.minutes(1, 5)
        return {
            "levels": levels,
            "repeat": self.chance.randint(0, 2),
            "fallback": [self.target()] if self.maybe() else [],
            "page_newcomers": self.maybe(),
        }

    def level(self) -> dict[str, Any]:
        targets = [self.target() for _ in range(self.chance.randint(1, 2))]
        if self.maybe():
            turns = {"round_robin": [{"team": "office"}, {"schedule": "secondary"}, self.one()]}
            targets.append(turns)
        written = {"targets": targets, "wait": self.minutes(2, 40)}
        conditions = [
            {"when": {"severity": [1, 2]}},
            {"when": {"working_hours": "inside"}, "else": "wait"},
            {"when": {"alerts": {"at_least": 1, "within": "10m"}}},
        ]
        return written | (self.chance.choice(conditions) if self.chance.random() < 0.3 else {})

    def target(self) -> dict[str, Any]:
        targets = [
            {"person": self.one()},
            {"schedule": "primary"},
            {"next_on_call": "primary"},
            {"previous_on_call": "secondary"},
            {"team": "office"},
        ]
        return self.chance.choice(targets)

    def some(self) -> list[str]:
        return self.chance.sample(NAMES, self.chance.randint(1, 3))

    def one(self) -> str:
        return self.chance.choice(NAMES)

    def minutes(self, least: int, most: int) -> str:
        return f"{self.chance.randint(least, most)}m"

    def maybe(self) -> bool:
        return self.chance.random() < 0.5
