"""Does a connection in the configuration become the right block, and a mistake a sentence?"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import SecretStr

import blocks
from blocks import BuiltInTracker, ConsolePager, JitsiVideo, SignedWebhook, SmtpMail, catalogue
from blocks.catalogue import BLOCKS, BUILT_IN, DEFAULTS, KINDS, TYPES, Purpose
from blocks.interfaces import Connection
from blocks.saved import document_name
from blocks.smtp import Tls
from incident import configuration
from incident.configuration import Configuration
from incident.configuration import Connection as Settings
from incident.errors import ConfigurationError, RetryLater
from tests.prefect_server import prefect_server

BASE = "https://incidents.example.com"
ENVIRONMENT = {"SMTP_PASSWORD": "correct-horse", "EMPTY": ""}
DOCS = Path(__file__).parents[2] / "docs" / "connections.md"


def connect(**settings: Any) -> Connection:
    return catalogue.connect("mail", Settings(**settings), ENVIRONMENT, BASE)


def organisation(connections: dict[str, Any], **use: str) -> Configuration:
    """The least that a configuration needs, with these connections."""
    return Configuration.model_validate(
        {
            "people": {"ann": {"name": "Ann"}},
            "policies": {"first": {"levels": [{"targets": [{"person": "ann"}]}]}},
            "services": {"checkout": {"policy": "first"}},
            "default_service": "checkout",
            "connections": connections,
            "use": use,
        }
    )


def refused(**settings: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        connect(**settings)
    assert "correct-horse" not in str(caught.value)
    return caught.value.problems


class TestEveryBlock:
    @pytest.mark.parametrize("block", BLOCKS)
    def test_is_exported(self, block: type[Connection]) -> None:
        assert getattr(blocks, block.__name__) is block
        assert block.__name__ in blocks.__all__

    def test_is_in_the_catalogue(self) -> None:
        exported = {getattr(blocks, name) for name in blocks.__all__}
        assert exported == set(BLOCKS)
        assert not any(inspect.isabstract(block) for block in BLOCKS)

    @pytest.mark.parametrize("block", BLOCKS)
    def test_tells_the_user_interface_what_it_is(self, block: type[Connection]) -> None:
        assert block._block_type_name
        assert block.get_block_type_slug() == block._block_type_slug
        assert block._description
        for name, field in block.model_fields.items():
            assert field.title, name
            assert field.description, name

    @pytest.mark.parametrize("block", BLOCKS)
    def test_is_documented(self, block: type[Connection]) -> None:
        assert f"`{block.get_block_type_slug()}`" in DOCS.read_text()

    def test_no_slug_is_taken_by_prefect(self) -> None:
        assert not {"webhook", "slack-webhook", "email-server-credentials"} & set(TYPES)


@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_has_a_built_in_connection_of_its_kind(purpose: Purpose) -> None:
    block = catalogue.connect(purpose, DEFAULTS[purpose], {}, BASE)
    assert isinstance(block, KINDS[purpose])


def test_the_purposes_are_those_of_the_configuration() -> None:
    assert {str(purpose) for purpose in Purpose} == set(configuration.Connections.model_fields)


def test_the_console_needs_no_connection() -> None:
    settings = catalogue.contacted("console", organisation({}))
    assert isinstance(catalogue.connect("console", settings, {}, BASE), ConsolePager)
    assert settings is BUILT_IN["console"]


def test_a_contact_may_have_a_console_of_its_own() -> None:
    own = {"console": {"type": "console-pager", "width": 60}}
    assert catalogue.contacted("console", organisation(own)).settings == {"width": 60}


def test_what_the_file_names_serves_the_purpose() -> None:
    company = organisation({"meet": {"type": "jitsi-video"}}, video="meet")
    assert catalogue.serving(Purpose.VIDEO, company) == ("meet", Settings(type="jitsi-video"))
    assert catalogue.serving(Purpose.CHAT, company) == ("built-in chat", DEFAULTS[Purpose.CHAT])


def test_a_secret_comes_from_the_environment() -> None:
    block = connect(type="smtp-mail", host="h", from_address="a@b", password={"env": "SMTP_PASSWORD"})
    assert isinstance(block, SmtpMail)
    assert block.password == SecretStr("correct-horse")


def test_our_own_address_is_filled_in() -> None:
    block = connect(type="built-in-tracker")
    assert isinstance(block, BuiltInTracker)
    assert block.base_url == BASE


def test_our_own_address_can_be_another() -> None:
    block = connect(type="built-in-tracker", base_url="https://other.example.com")
    assert isinstance(block, BuiltInTracker)
    assert block.base_url == "https://other.example.com"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        pytest.param(
            {"type": "smtp"},
            "did you mean smtp-mail? known: a",
            id="a type that is unknown",
        ),
        pytest.param(
            {"type": "signed-webhook"}, "mail.secret: Field required", id="a setting that is missing"
        ),
        pytest.param(
            {"type": "jitsi-video", "sevrer": "x"}, "mail.sevrer: jitsi-video has no such", id="a slip"
        ),
        pytest.param(
            {"type": "jitsi-video", "server": "x"}, "mail.server: String should", id="a wrong value"
        ),
        pytest.param(
            {"type": "signed-webhook", "secret": "correct-horse"}, "write {env: NAME}", id="a secret"
        ),
        pytest.param(
            {"type": "signed-webhook", "secret": {"env": "SMTP_PASSWORD"}, "url": "https://x/T0KEN"},
            "mail.url: is a secret",
            id="an address that may hold a token",
        ),
        pytest.param(
            {"type": "signed-webhook", "secret": {"env": "GONE"}}, "GONE is not set", id="no variable"
        ),
        pytest.param(
            {"type": "signed-webhook", "secret": {"env": "EMPTY"}}, "EMPTY is not set", id="an empty one"
        ),
        pytest.param({"block": "smtp-mail/on-call"}, "only Prefect can load", id="a saved block"),
    ],
)
def test_a_mistake_is_told_with_its_place(settings: dict[str, Any], problem: str) -> None:
    (told,) = refused(**settings)
    assert told.startswith("connections.mail")
    assert problem in told


def test_all_mistakes_are_told_at_once() -> None:
    assert len(refused(type="smtp-mail", hots="h", password="correct-horse", host={"env": "GONE"})) == 3


def test_a_wrong_value_from_the_environment_is_not_shown() -> None:
    refused(type="smtp-mail", host="h", from_address={"env": "SMTP_PASSWORD"})


def test_the_configuration_is_checked_without_asking_anybody() -> None:
    company = organisation(
        {
            "mail": {"type": "smtp-mail"},
            "room": {"block": "slack/on-call"},
            "meet": {"block": "jitsi-video/ours"},
            "hook": {"type": "signed-webhook", "secret": {"env": "GONE"}},
        },
        chat="room",
        tracker="meet",
        video="meet",
    )
    problems = catalogue.problems_of(company, ENVIRONMENT, BASE)
    assert [problem.partition(":")[0] for problem in problems] == [
        "connections.mail.host",
        "connections.mail.from_address",
        "connections.hook.secret",
        "connections.room",
        "use.tracker",
    ]
    assert problems[-1].endswith(
        "meet is a jitsi-video, which cannot do this; these can: built-in-tracker, github-issues, "
        "gitlab-issues, jira-tracker"
    )


def test_what_cannot_tell_a_monitor_cannot_be_named_by_a_source() -> None:
    nagios = {"type": "nagios-command-file", "path": "/run/nagios.cmd"}
    company = organisation({"meet": {"type": "jitsi-video"}, "nagios": nagios})
    sources = {
        name: configuration.Source(dialect="nagios", acknowledge_at=at)
        for name, at in {"right": "nagios", "wrong": "meet"}.items()
    }
    (problem,) = catalogue.problems_of(company.model_copy(update={"sources": sources}), {}, BASE)
    assert problem == (
        "sources.wrong.acknowledge_at: meet is a jitsi-video, which cannot do this; "
        "these can: icinga2-api, nagios-command-file"
    )


def test_a_configuration_without_connections_has_no_problems() -> None:
    assert catalogue.problems_of(organisation({}), {}, BASE) == ()


@pytest.mark.parametrize("reference", ["", "smtp-mail", "smtp-mail/", "secret/on-call", "/x"])
async def test_a_reference_that_is_none_of_ours_is_told_without_prefect(reference: str) -> None:
    with pytest.raises(ConfigurationError):
        await catalogue.load(reference)


@pytest.mark.parametrize(
    ("connection", "name"), [("mail", "mail"), ("on_call.mail", "on-call-mail"), ("hook-", "hook")]
)
def test_a_connection_s_name_becomes_one_that_prefect_takes(connection: str, name: str) -> None:
    assert document_name(connection) == name


async def test_without_prefect_loading_is_tried_again_later() -> None:
    with (
        temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}),
        pytest.raises(RetryLater, match="Prefect"),
    ):
        await catalogue.load("smtp-mail/on-call")


@pytest.fixture(scope="module")
def prefect() -> Iterator[None]:
    with prefect_server() as server, temporary_settings({PREFECT_API_URL: server.url}):
        yield


@pytest.mark.engine
class TestInPrefect:
    async def test_inline_connections_can_be_seen_and_loaded(self, prefect: None) -> None:
        company = organisation(
            {
                "hook": {"type": "signed-webhook", "secret": {"env": "SMTP_PASSWORD"}},
                "meet": {"type": "jitsi-video"},
                "post": {"type": "smtp-mail", "host": "h", "from_address": "a@b", "tls": "implicit"},
                "saved": {"block": "jitsi-video/meet"},
            }
        )
        references = await catalogue.register(company, ENVIRONMENT, BASE)
        again = await catalogue.register(company, ENVIRONMENT, BASE)
        assert references == again == ("signed-webhook/hook", "jitsi-video/meet", "smtp-mail/post")
        hook = await catalogue.load("signed-webhook/hook")
        assert isinstance(hook, SignedWebhook)
        assert hook.secret == SecretStr("correct-horse")
        meet = await catalogue.resolve("saved", company.connections["saved"], {}, BASE)
        assert isinstance(meet, JitsiVideo)
        post = await catalogue.load("smtp-mail/post")
        assert isinstance(post, SmtpMail)
        assert (post.host, post.tls, post.port) == ("h", Tls.IMPLICIT, None)

    async def test_a_block_that_nobody_saved_is_told(self, prefect: None) -> None:
        with pytest.raises(ConfigurationError, match="smtp-mail/nobody: Prefect has no such block"):
            await catalogue.load("smtp-mail/nobody")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_prefect_knows_every_secret_of_a_block(block: type[Connection]) -> None:
    """One that it does not know is saved as its stars."""
    secret = {name for name, field in block.model_fields.items() if "SecretStr" in str(field.annotation)}
    known = {path.partition(".")[0] for path in block.model_json_schema()["secret_fields"]}
    assert secret <= known
