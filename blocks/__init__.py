"""Which connections to the outside exist? Importing this package makes every block known to Prefect."""

from blocks.console import ConsolePager
from blocks.embedded import BuiltInChat, BuiltInStatusPage, BuiltInTracker
from blocks.jitsi import JitsiVideo
from blocks.pagerduty import PagerDutyPager, PagerDutySchedules
from blocks.smtp import SmtpMail
from blocks.webhook import SignedWebhook

__all__ = [
    "BuiltInChat",
    "BuiltInStatusPage",
    "BuiltInTracker",
    "ConsolePager",
    "JitsiVideo",
    "PagerDutyPager",
    "PagerDutySchedules",
    "SignedWebhook",
    "SmtpMail",
]
