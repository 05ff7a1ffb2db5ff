"""Which block serves which purpose? What `incident.yaml` says, else the built-in one."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType

from blocks.alertmanager import AlertmanagerApi
from blocks.apprise_push import ApprisePush
from blocks.console import ConsolePager
from blocks.embedded import BuiltInChat, BuiltInStatusPage, BuiltInTracker
from blocks.github import GitHubIssues
from blocks.gitlab import GitLabIssues
from blocks.icinga2 import Icinga2Api
from blocks.interfaces import (
    Channel,
    Chat,
    Connection,
    Monitor,
    RotationSource,
    Silencer,
    StatusPage,
    Tracker,
    Video,
)
from blocks.jira import JiraTracker
from blocks.jitsi import JitsiVideo
from blocks.kannel import KannelSms
from blocks.matrix import MatrixChat
from blocks.matrix_pager import MatrixPager
from blocks.mattermost import MattermostChat
from blocks.mattermost_pager import MattermostPager
from blocks.nagios import NagiosCommandFile
from blocks.ntfy import NtfyPush
from blocks.opsgenie import OpsgeniePager, OpsgenieSchedules
from blocks.pagerduty import PagerDutyPager, PagerDutySchedules
from blocks.saved import document_name, load_block, register_type, save_block
from blocks.second_providers import check_second_providers
from blocks.settings import Environment, build
from blocks.sip import SipCall
from blocks.slack import SlackChat
from blocks.slack_pager import SlackPager
from blocks.smtp import SmtpMail
from blocks.statuspage import AtlassianStatuspage
from blocks.teams import TeamsWorkflow
from blocks.twilio import TwilioSms
from blocks.twilio_voice import TwilioVoice
from blocks.webhook import SignedWebhook
from blocks.zoom import ZoomVideo
from incident.configuration import Configuration
from incident.configuration import Connection as Settings
from incident.errors import ConfigurationError

BLOCKS: tuple[type[Connection], ...] = (
    BuiltInTracker,
    BuiltInChat,
    JitsiVideo,
    BuiltInStatusPage,
    ConsolePager,
    SmtpMail,
    SignedWebhook,
    Icinga2Api,
    NagiosCommandFile,
    AlertmanagerApi,
    OpsgeniePager,
    OpsgenieSchedules,
    PagerDutyPager,
    PagerDutySchedules,
    AtlassianStatuspage,
    ZoomVideo,
    JiraTracker,
    GitHubIssues,
    GitLabIssues,
    SlackChat,
    SlackPager,
    MattermostChat,
    MattermostPager,
    TeamsWorkflow,
    NtfyPush,
    TwilioSms,
    TwilioVoice,
    SipCall,
    KannelSms,
    ApprisePush,
    MatrixChat,
    MatrixPager,
)
TYPES: Mapping[str, type[Connection]] = MappingProxyType({b.get_block_type_slug(): b for b in BLOCKS})


class Purpose(StrEnum):
    """What a connection is for: the keys under `use:`."""

    CHAT = "chat"
    VIDEO = "video"
    TRACKER = "tracker"
    INTERNAL_STATUS_PAGE = "internal_status_page"
    EXTERNAL_STATUS_PAGE = "external_status_page"
    MAIL = "mail"


KINDS: Mapping[Purpose, type[Connection]] = MappingProxyType(
    {
        Purpose.CHAT: Chat,
        Purpose.VIDEO: Video,
        Purpose.TRACKER: Tracker,
        Purpose.INTERNAL_STATUS_PAGE: StatusPage,
        Purpose.EXTERNAL_STATUS_PAGE: StatusPage,
        Purpose.MAIL: Channel,
    }
)
DEFAULTS: Mapping[Purpose, Settings] = MappingProxyType(
    {
        Purpose.CHAT: Settings(type="built-in-chat"),
        Purpose.VIDEO: Settings(type="jitsi-video"),
        Purpose.TRACKER: Settings(type="built-in-tracker"),
        Purpose.INTERNAL_STATUS_PAGE: Settings(type="built-in-status-page"),
        Purpose.EXTERNAL_STATUS_PAGE: Settings(type="built-in-status-page"),
        Purpose.MAIL: Settings(type="console-pager"),
    }
)
BUILT_IN: Mapping[str, Settings] = MappingProxyType({"console": Settings(type="console-pager")})
"""Connections that a contact may name although they do not stand under `connections:`."""


def serving(purpose: Purpose, configuration: Configuration) -> tuple[str, Settings]:
    """The name and the settings of the connection that serves a purpose."""
    name: str | None = getattr(configuration.use, purpose)
    return (name, configuration.connections[name]) if name else (f"built-in {purpose}", DEFAULTS[purpose])


def contacted(via: str, configuration: Configuration) -> Settings:
    """The settings of the connection that a contact names."""
    return configuration.connections.get(via) or BUILT_IN[via]


def connect(name: str, connection: Settings, environment: Environment, base_url: str) -> Connection:
    """The block that inline settings describe, without Prefect; ``base_url`` is our web service's."""
    place = f"connections.{name}"
    if connection.type is None:
        raise ConfigurationError(
            [f"{place}: is the saved block {connection.block}, which only Prefect can load"]
        )
    return build(block_type(place, connection.type), place, connection.settings, environment, base_url)


async def load(reference: str) -> Connection:
    """The block saved in Prefect as ``<type slug>/<name>``; ConfigurationError if none of ours is there."""
    slug, _, name = reference.partition("/")
    if not name:
        raise ConfigurationError(
            [f"block: {reference!r} must be <type slug>/<name>, such as smtp-mail/on-call"]
        )
    return await load_block(block_type("block", slug), name)


async def resolve(name: str, connection: Settings, environment: Environment, base_url: str) -> Connection:
    """The block of a connection, wherever its settings are."""
    if connection.block is not None:
        return await load(connection.block)
    return connect(name, connection, environment, base_url)


async def register(configuration: Configuration, environment: Environment, base_url: str) -> tuple[str, ...]:
    """Show every block type and inline connection in the Prefect UI; returns the references of the latter.

    The file stays the truth: a block saved here is overwritten at the next start. To edit a connection in the
    UI, name the returned reference under ``block:`` and delete the settings from the file.
    """
    for each in BLOCKS:
        await register_type(each)
    inline = {name: settings for name, settings in configuration.connections.items() if settings.type}
    blocks = {name: connect(name, settings, environment, base_url) for name, settings in inline.items()}
    return tuple([await save_block(block, document_name(name)) for name, block in blocks.items()])


def problems_of(configuration: Configuration, environment: Environment, base_url: str) -> tuple[str, ...]:
    """Everything wrong with the connections that can be known without asking anybody."""
    inline = {name: settings for name, settings in configuration.connections.items() if settings.type}
    problems: list[str] = []
    for name, settings in inline.items():
        try:
            connect(name, settings, environment, base_url)
        except ConfigurationError as error:
            problems += error.problems
    return (*problems, *_misplaced(configuration), *check_second_providers(configuration))


def _misplaced(configuration: Configuration) -> Iterator[str]:
    for purpose, kind in KINDS.items():
        yield from _of_kind(f"use.{purpose}", *serving(purpose, configuration), kind)
    for paging, connection in configuration.connections.items():
        if connection.instead is not None:
            yield from _of_kind(f"connections.{paging}.instead", paging, connection, Channel)
    for schedule, written in configuration.schedules.items():
        rotation = written.source
        if rotation is not None and rotation.connection in configuration.connections:
            settings = configuration.connections[rotation.connection]
            place = f"schedules.{schedule}.source.connection"
            yield from _of_kind(place, rotation.connection, settings, RotationSource)
    for source, known in configuration.sources.items():
        told: dict[str, tuple[str | None, type[Connection]]] = {
            "acknowledge_at": (known.acknowledge_at, Monitor),
            "silence_at": (known.silence_at, Silencer),
        }
        for key, (name, kind) in told.items():
            if name is not None and name in configuration.connections:
                place = f"sources.{source}.{key}"
                yield from _of_kind(place, name, configuration.connections[name], kind)


def _of_kind(place: str, name: str, settings: Settings, kind: type[Connection]) -> Iterator[str]:
    slug = settings.slug
    found = TYPES.get(slug)
    if found is None:
        yield from () if settings.type else (f"connections.{name}: {_unknown_type(slug)}",)
    elif not issubclass(found, kind):
        fitting = ", ".join(sorted(slug for slug, known in TYPES.items() if issubclass(known, kind)))
        yield f"{place}: {name} is a {slug}, which cannot do this; these can: {fitting}"


def block_type(place: str, slug: str) -> type[Connection]:
    """The block type with this slug; ConfigurationError at this place of the input if there is none."""
    if slug not in TYPES:
        raise ConfigurationError([f"{place}: {_unknown_type(slug)}"])
    return TYPES[slug]


def _unknown_type(slug: str) -> str:
    close = get_close_matches(slug, TYPES, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{slug!r} is no block type of ours; {hint}known: {', '.join(sorted(TYPES))}"
