"""What does an app of ours do in Slack, whatever it is for? It knows people, reads messages, opens forms.

Source: Slack's Web API documentation, and "Handling user interaction in your Slack apps" for the address of
an answer, which is good for half an hour and proves itself.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from blocks.exchange import HttpConnection
from blocks.interfaces import Button
from blocks.slack_api import Slack
from incident.errors import Rejected

TEXT_LENGTH, BUTTON_LENGTH = 12_000, 75
"""Characters that Slack takes."""

_ANSWERED_AT = (".slack.com", ".slack-gov.com")


class Member(BaseModel):
    """Somebody in the workspace; the mail address needs the scope `users:read.email`."""

    model_config = ConfigDict(frozen=True)

    name: str
    email: str = ""


class Message(BaseModel):
    """A message of a channel: by a member, by no member (ours, another app's), and when."""

    model_config = ConfigDict(frozen=True)

    text: str
    user: str
    at: AwareDatetime


class _Profile(BaseModel):
    email: str = ""
    real_name: str = ""


class _User(BaseModel):
    name: str = ""
    profile: _Profile = _Profile()


class _Info(BaseModel):
    user: _User


class _Message(BaseModel):
    ts: str = ""
    text: str = ""
    user: str = ""
    bot_id: str = ""


class _Messages(BaseModel):
    messages: list[_Message] = []


class SlackApp(HttpConnection):
    """What the connections to Slack have in common."""

    token: Annotated[
        SecretStr, Field(title="Bot token", description="xoxb-...; docs/connections.md names its scopes.")
    ]
    signing_secret: Annotated[
        SecretStr | None,
        Field(
            title="Signing secret",
            description="Under Basic Information of the app; left out: no commands, buttons and reactions.",
        ),
    ] = None

    async def member(self, user: str) -> Member:
        """Who a member is."""
        found = (await self._slack(self.member).read("users.info", user=user)).read_as(_Info).user
        return Member(name=found.profile.real_name or found.name or user, email=found.profile.email)

    async def message(self, room: str, post: str) -> Message | None:
        """A message of a channel or of a thread in it; None: it is gone."""
        slack = self._slack(self.message)
        only = {"channel": room, "latest": post, "oldest": post, "inclusive": "true", "limit": "1"}
        for name, asked in (
            ("conversations.history", only),
            ("conversations.replies", {"ts": post, **only}),
        ):
            said = (await slack.read(name, **asked)).read_as(_Messages)
            if found := next((each for each in said.messages if each.ts == post), None):
                user = "" if found.bot_id else found.user
                return Message(text=found.text, user=user, at=moment_of(post))
        return None

    async def open_form(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Show a form to whoever pressed or wrote something within the last three seconds."""
        await self._slack(self.open_form).do("views.open", {"trigger_id": trigger, "view": dict(view)})

    async def tell_back(self, address: str, answer: Mapping[str, Any]) -> None:
        """Answer something that somebody wrote or pressed, later than at once."""
        if not _is_slacks(address):
            raise Rejected("the address to answer at is none of Slack's")
        await self._exchange(self.tell_back).send("POST", address, json=dict(answer))

    def _slack(self, method: Any, token: SecretStr | None = None) -> Slack:
        value = (token or self.token).get_secret_value()
        return Slack(self._exchange(method, {"Authorization": f"Bearer {value}"}))

    async def _user(self, slack: Slack, address: str) -> Mapping[str, Any]:
        """The member behind a mail address; an id of Slack's own stands for itself."""
        if "@" not in address:
            return {"id": address}
        found = await slack.read("users.lookupByEmail", email=address)
        found.text("user", "id")
        return dict(found["user"])

    def _pressed(self, buttons: Sequence[Button]) -> list[dict[str, Any]]:
        """Buttons that call us; none where nobody could prove that Slack calls."""
        if self.signing_secret is None:
            return []
        return [
            {
                "type": "button",
                "text": plain_text(button.label[:BUTTON_LENGTH]),
                "action_id": button.says,
                "value": button.value,
                **({"style": "primary"} if button is buttons[0] else {}),
            }
            for button in buttons
        ]


def plain_text(text: str) -> dict[str, str]:
    """A text of a block in which nothing is a sign."""
    return {"type": "plain_text", "text": text}


def markdown(text: str) -> dict[str, str]:
    """A text of a block in Markdown."""
    return {"type": "markdown", "text": text[:TEXT_LENGTH]}


def moment_of(post: str) -> datetime:
    """When a message was written, which its id says: 1503435956.000247."""
    try:
        return datetime.fromtimestamp(float(post), UTC)
    except (ValueError, OverflowError, OSError):
        raise Rejected("the id of the message is none of Slack's") from None


def _is_slacks(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and (parts.hostname or "").endswith(_ANSWERED_AT)
