"""Which links do people get? Signed, each for one purpose; all but those of calendars expire."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel, ConfigDict

from incident.errors import ConfidenceError
from incident.publication import CalendarOf


class ExpiredLink(ConfidenceError):  # noqa: N818  said of the link
    """It was one of ours, until its time was over."""


class OtherLink(ConfidenceError):  # noqa: N818  said of the link
    """It is one of ours, but permits something else, or something elsewhere."""


class May(StrEnum):
    """What a link permits."""

    ACKNOWLEDGE = "ack"
    DECIDE = "decide"
    ACT = "act"
    ROTA = "rota"
    CONFIRM = "confirm"
    CALL_BACK = "call back"


VALID = {
    May.ACKNOWLEDGE: timedelta(days=1),
    May.DECIDE: timedelta(days=7),
    May.ACT: timedelta(days=7),
    May.ROTA: timedelta(days=30),
    May.CONFIRM: timedelta(days=1),
    May.CALL_BACK: timedelta(days=3),  # so long operators try to deliver a text message
}

ACTIONS, FEEDS, CALLS = "incident-links", "incident-feeds", "incident-calls"
"""What tokens are signed for: one sort is never taken for the other."""


class Grant(BaseModel):
    """What a token says: this person may do this until then, about that incident if one is named."""

    model_config = ConfigDict(frozen=True)

    may: May
    person: str
    incident: str
    page: int = 0
    verification: int = 0
    notification: int = 0
    until: int


class Subscription(BaseModel):
    """What the token of a feed says: whoever has it may read this calendar, until the signing key changes.

    Calendar programs keep an address for years and cannot ask for a new one, so it does not expire.
    """

    model_config = ConfigDict(frozen=True)

    whose: CalendarOf
    name: str


@dataclass(frozen=True)
class Links:
    """The addresses of our pages, and the tokens in them."""

    base_url: str
    key: str

    def incident(self, incident: str) -> str:
        """The incident's page."""
        return f"{self.base_url}/incidents/{incident}"

    def acknowledge(self, page: int, person: str, incident: str, now: datetime) -> str:
        """The link in a page: one per page."""
        return f"{self.base_url}/ack/{self._token(May.ACKNOWLEDGE, person, incident, now, page)}"

    def callback(
        self, notification: int, via: str, page: int, person: str, incident: str, now: datetime
    ) -> str:
        """Below it the provider of a notification says what became of it, and what was pressed."""
        token = self._token(May.CALL_BACK, person, incident, now, page, notification=notification)
        return f"{self.base_url}/callbacks/{via}/{token}"

    def decide(self, person: str, incident: str, now: datetime) -> str:
        """The link to the open question of an incident."""
        return f"{self.base_url}/decide/{self._token(May.DECIDE, person, incident, now)}"

    def act(self, person: str, incident: str, now: datetime) -> str:
        """The incident's page with the buttons of this person."""
        return f"{self.incident(incident)}?as={self._token(May.ACT, person, incident, now)}"

    def feed(self, whose: CalendarOf, name: str) -> str:
        """The address of a calendar, for a calendar program to subscribe to."""
        token = self._serializer(FEEDS).dumps(Subscription(whose=whose, name=name).model_dump(mode="json"))
        return f"{self.base_url}/calendars/{whose}/{name}.ics?token={token}"

    def check_feed(self, token: str, whose: CalendarOf, name: str) -> None:
        """Nothing, if a token is for this calendar.

        Raises:
            ConfidenceError: it is not ours, or the signing key has been changed since.
            OtherLink: it is for another calendar.
        """
        try:
            granted = Subscription.model_validate(self._serializer(FEEDS).loads(token))
        except (BadData, ValueError):
            raise ConfidenceError("this is no address of a calendar here; ask for a new one") from None
        if granted != Subscription(whose=whose, name=name):
            raise OtherLink("this address is for another calendar")

    def heartbeat(self, name: str) -> str:
        """The address that somebody who is awaited calls; it stands in a crontab, so it does not expire."""
        return f"{self.base_url}/heartbeats/{name}/{self._serializer(CALLS).dumps(name)}"

    def check_heartbeat(self, token: str, name: str) -> None:
        """Nothing, if a token is for this heartbeat.

        Raises:
            ConfidenceError: it is not ours, is for another one, or the signing key has been changed since.
        """
        try:
            right = self._serializer(CALLS).loads(token) == name
        except BadData:
            right = False
        if not right:
            raise ConfidenceError("the token is wrong; `incident heartbeats address` shows the right one")

    def rota(self, person: str, now: datetime) -> str:
        """Where this person changes schedules and swaps shifts; its token is theirs for the API, too."""
        return f"{self.base_url}/oncall/changes?as={self._token(May.ROTA, person, '', now)}"

    def verify(self, verification: int, person: str, now: datetime) -> str:
        """The link in a test message, to confirm that it arrived."""
        token = self._token(May.CONFIRM, person, "", now, verification=verification)
        return f"{self.base_url}/contacts/{token}"

    def read(self, token: str, now: datetime, *purposes: May) -> Grant:
        """What a token grants.

        Raises:
            ConfidenceError: it is not ours.
            OtherLink: it is not for any of these purposes.
            ExpiredLink: it has expired.
        """
        try:
            grant = Grant.model_validate(self._serializer().loads(token))
        except (BadData, ValueError):
            raise ConfidenceError("this link is not one of ours; use the newest one you got") from None
        if grant.may not in purposes:
            raise OtherLink("this link is for something else")
        if now.timestamp() > grant.until:
            raise ExpiredLink("this link has expired; open the incident from a newer message")
        return grant

    def _token(
        self,
        may: May,
        person: str,
        incident: str,
        now: datetime,
        page: int = 0,
        *,
        verification: int = 0,
        notification: int = 0,
    ) -> str:
        until = int((now + VALID[may]).timestamp())
        about = {
            "incident": incident,
            "page": page,
            "verification": verification,
            "notification": notification,
        }
        grant = Grant(may=may, person=person, until=until, **about)
        return str(self._serializer().dumps(grant.model_dump(mode="json")))

    def _serializer(self, salt: str = ACTIONS) -> URLSafeSerializer:
        return URLSafeSerializer(self.key, salt=salt)
