"""The values that each text is rendered with in tests, as templates/README.md documents them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from incident.configuration import Role
from incident.decisions import Outcome, Question, Via
from incident.notices import Notice, NoticeKind
from incident.override import Add
from incident.rehearsed import Entry, Happening
from incident.severity import Severity
from incident.story import Audience, DecisionTaken, Story, Update, UpdateState
from incident.timeline import Kind
from templates.reading import Finding, findings
from tests.stories import PEOPLE, at
from tests.stories import page as page_sent
from tests.templates.sample_notes import note

TEMPLATES = Path(__file__).parents[2] / "templates"
ACKNOWLEDGE = "https://incidents.example/ack/t0ken"
DECIDE = "https://incidents.example/decide/t0ken"
INCIDENT = "https://incidents.example/incidents/INC-42"
NEXT_UP = Entry(
    at=at(10),
    elapsed=timedelta(minutes=5),
    what=Happening.PAGED,
    policy="checkout",
    level=3,
    round=1,
    person="carol",
    method="sms",
    rule="level 3 of 3 pages carol, 5m to answer",
    because="named in the policy",
    method_rule="high urgency, sms at once",
)


def texts(folder: str) -> list[str]:
    """Every template in a folder under templates/, by the name that `render` takes."""
    found = (path for path in (TEMPLATES / folder).rglob("*") if path.is_file() and path.suffix != ".yaml")
    return sorted(path.relative_to(TEMPLATES / folder).as_posix() for path in found)


def context(story: Story) -> dict[str, Any]:
    """Everything that any text may ask for, about one story."""
    asked = DecisionTaken(
        key="assess-1", question=Question.ASSESS, asked_at=at(1), due_at=at(21), proposal={"severity": 2}
    )
    return {
        "story": story,
        "entries": [
            {
                "story": each,
                "because": "on call",
                "next_up": (),
                "acknowledge_url": ACKNOWLEDGE,
                "incident_url": INCIDENT,
            }
            for each in (story, story.model_copy(update={"key": "INC-43"}))
        ],
        "people": PEOPLE,
        "person": "bob",
        "because": "round 1 of 3, level 2 of 2 pages bob, 5m to answer",
        "next_up": (NEXT_UP,),
        "acknowledge_url": ACKNOWLEDGE,
        "confirm_url": "https://incidents.example/contacts/t0ken",
        "organisation": "Example Shop",
        "other": story.model_copy(update={"key": "INC-43", "title": "The database is slow"}),
        "other_url": "https://incidents.example/incidents/INC-43",
        "method": "sms",
        "code": "042042",
        "incident_url": INCIDENT,
        "note": note(),
        "notice": Notice(
            kind=NoticeKind.CHANGED,
            by="alice",
            schedule="payments",
            timezone="Europe/Rome",
            start=at(60),
            end=at(120),
            reason="dentist",
            override=Add(kind="add", user="bob", start=at(60), end=at(120)),
        ),
        "changes_url": "https://incidents.example/oncall/changes?as=t0ken",
        "handoff_url": "https://incidents.example/handoffs/7",
        "incidents_url": "https://incidents.example/incidents/",
        "decide_url": DECIDE,
        "decision": story.open_decision or asked,
        "text": "We are rolling back the last deployment.\nIt takes ten minutes.",
        "previous_severity": Severity.MAJOR,
        "next_update_at": at(40),
        "role": Role.TECH_LEAD,
        "finding": next(
            iter(findings(story)), Finding(at=at(3), kind=Kind.THEORY, text="DNS", by="bob", outcome=None)
        ),
        "late": ["room", "call"],
        "since": at(0),
        "meanwhile": story.timeline,
        "place": "room",
        "alert": story.alerts[0],
        "page": page_sent(1, "bob", 1),
        "purposes": ("incident manager",),
        "paged": ("level 2 of checkout",),
        "reasons": ("every round went unanswered",),
        "severity": Severity.MAJOR,
        "already": False,
        "kind": Kind.EXPERIMENT,
        "outcome": Outcome.PROVED,
        "whom": "carol",
        "called": {"name": "payments", "started": True, "going_on": True, "acknowledged_by": None},
        "over": False,
        "asked": asked,
        "by": "alice",
        "via": Via.CHAT,
        "stories": (story, story.model_copy(update={"key": "INC-43"})),
        "asks": False,
        "connection": "slack",
        "handle": "U024BE7LH",
        "problems": ("text: a sentence is needed",),
        "problem": "text",
        "word": "observe",
        "nearest": "observe",
        "update": Update(
            number=1,
            audience=Audience.INTERNAL,
            state=UpdateState.INVESTIGATING,
            language=story.language,
            title="Update",
            body="One.\n\nTwo.",
            at=at(9),
        ),
    }
