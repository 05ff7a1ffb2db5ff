"""Who does what in the demo? People act through the public doors only.

The links in their pages and messages.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

import httpx

from service.demo.phones import Message, Phones, Stalled
from service.up import System

DECIDE = re.compile(r"https?://\S+/decide/\S+")
ENDS_WITHIN_SECONDS = 30.0


@dataclass
class Story:
    """The played people, and the narrator."""

    system: System
    phones: Phones
    tell: Callable[[str, str], None]
    client: httpx.Client

    def play(self) -> str:
        """Everything from the alert to the retrospective; returns the incident's key."""
        key = self.alert()
        self.escalation()
        self.assessment()
        self.delegation()
        self.resolution()
        self.ending(key)
        return key

    def alert(self) -> str:
        """Alertmanager reports three instances that are down."""
        body = files("service.demo").joinpath("alert.json").read_bytes()
        token = self.system.environment["INCIDENT_TOKEN_ALERTMANAGER"]
        answer = self.client.post(
            f"{self.system.base_url}/alerts/alertmanager",
            content=body,
            headers={"Authorization": f"Bearer {token}"},
        )
        answer.raise_for_status()
        taken = answer.json()["alerts"]
        states = ", ".join(alert["end_state"] for alert in taken)
        self.tell(
            "1 detect",
            f"Alertmanager delivered {len(taken)} alerts: {states}. {taken[0]['incident']} is open.",
        )
        return str(taken[0]["incident"])

    def escalation(self) -> None:
        """Alice sleeps; Bob wakes up and acknowledges by the link in his page."""
        page = self.phones.wait_for("alice", "page")
        self.tell("paging", f"Alice is paged: “{page['subject']}”. She does not hear it.")
        page = self.phones.wait_for("bob", "page")
        self.tell("paging", "Nobody answered in 4 s, so level 2: Bob is paged.")
        self.acknowledge(page)
        self.tell("paging", "Bob opened the link and pressed Acknowledge. He is the incident manager.")

    def assessment(self) -> None:
        """Bob answers the impact questions."""
        self.decide(
            is_incident="yes",
            severity="1",
            impact="Nobody can pay: all checkout instances are down",
            symptoms="An error page after pressing Pay",
            affected="all",
            support_cases="12",
        )
        self.tell("3 assess", "Bob assessed it through the web form: severity 1, all customers affected.")
        update = self.phones.wait_for("subscribers@example.com", "message")
        self.tell("4 tell customers", f"The status page and a mail say: “{update['subject']}”.")

    def delegation(self) -> None:
        """The tech lead and the communications manager are called in."""
        for person, role in (("carol", "tech lead"), ("dora", "communications manager")):
            self.acknowledge(self.phones.wait_for(person, "page"))
            self.tell("5 escalate", f"{person.title()} was paged and acknowledged.")
            card = self.phones.wait_for(f"{person}@example.com", "message", "Do first")
            self.tell("6 delegate", f"{person.title()} got a role card: “{card['subject']}” ({role}).")

    def resolution(self) -> None:
        """Observe, theorise, experiment; then it is over."""
        self.decide(
            step="observation", text="All three web servers left the load balancer at the same minute"
        )
        self.tell("7 resolve", "Observation: all servers left the load balancer in the same minute.")
        self.decide(step="theory", text="The certificate of the health check has expired")
        self.tell("7 resolve", "Theory: the certificate of the health check has expired.")
        self.decide(step="experiment", outcome="proved", text="Renewed it on web1: web1 came back at once")
        self.tell("7 resolve", "Experiment: renewed it on web1; proved.")
        self.decide(step="resolve", text="The certificate was renewed everywhere; payments work again")
        self.tell("7 resolve", "Bob decided: resolved.")

    def ending(self, key: str) -> None:
        """The last messages, and the retrospective."""
        final = self.phones.wait_for(
            "everybody@example.com", "message", "No further messages", within=ENDS_WITHIN_SECONDS
        )
        self.tell("final updates", f"Colleagues read: “{final['subject']}”. No further messages follow.")
        self.phones.wait_for("subscribers@example.com", "message", "retrospective")
        self.tell("final updates", "Customers read: restored, and a retrospective follows.")
        self.wait_until_closed(key)

    def wait_until_closed(self, key: str) -> None:
        """The run has told the story to its end."""
        for _ in range(int(ENDS_WITHIN_SECONDS * 5)):
            story = self.client.get(f"{self.system.base_url}/incidents/{key}.json").json()
            if story["status"] == "closed":
                self.tell("closed", f"{key} is closed; its retrospective has written itself.")
                return
            time.sleep(0.2)
        raise Stalled(f"{key} was not closed in time")

    def acknowledge(self, page: Message) -> None:
        """Open the link (which changes nothing), then press the button."""
        self.client.get(page["acknowledge_url"]).raise_for_status()
        self.client.post(page["acknowledge_url"]).raise_for_status()

    def decide(self, **answer: str) -> None:
        """Follow the link in the newest question to Bob, and send its form."""
        question = self.phones.wait_for("bob@example.com", "message", "/decide/")
        link = DECIDE.search(question["text"])
        assert link, "the message was chosen because it has one"
        form = self.client.get(link.group())
        form.raise_for_status()
        self.client.post(link.group(), data=answer).raise_for_status()
