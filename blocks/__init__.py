"""Which connections to the outside exist? Importing this package makes every block known to Prefect."""

from blocks.alertmanager import AlertmanagerApi
from blocks.console import ConsolePager
from blocks.embedded import BuiltInChat, BuiltInStatusPage, BuiltInTracker
from blocks.icinga2 import Icinga2Api
from blocks.jitsi import JitsiVideo
from blocks.nagios import NagiosCommandFile
from blocks.smtp import SmtpMail
from blocks.webhook import SignedWebhook

__all__ = [
    "AlertmanagerApi",
    "BuiltInChat",
    "BuiltInStatusPage",
    "BuiltInTracker",
    "ConsolePager",
    "Icinga2Api",
    "JitsiVideo",
    "NagiosCommandFile",
    "SignedWebhook",
    "SmtpMail",
]
