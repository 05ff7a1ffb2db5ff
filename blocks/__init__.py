"""Which connections to the outside exist? Importing this package makes every block known to Prefect."""

from blocks.apprise_push import ApprisePush
from blocks.console import ConsolePager
from blocks.embedded import BuiltInChat, BuiltInStatusPage, BuiltInTracker
from blocks.jira import JiraTracker
from blocks.jitsi import JitsiVideo
from blocks.matrix import MatrixChat
from blocks.matrix_pager import MatrixPager
from blocks.mattermost import MattermostChat, MattermostPager
from blocks.ntfy import NtfyPush
from blocks.opsgenie import OpsgeniePager, OpsgenieSchedules
from blocks.pagerduty import PagerDutyPager, PagerDutySchedules
from blocks.slack import SlackChat, SlackPager
from blocks.smtp import SmtpMail
from blocks.statuspage import AtlassianStatuspage
from blocks.teams import TeamsWorkflow
from blocks.twilio import TwilioSms, TwilioVoice
from blocks.webhook import SignedWebhook
from blocks.zoom import ZoomVideo

__all__ = [
    "ApprisePush",
    "AtlassianStatuspage",
    "BuiltInChat",
    "BuiltInStatusPage",
    "BuiltInTracker",
    "ConsolePager",
    "JiraTracker",
    "JitsiVideo",
    "MatrixChat",
    "MatrixPager",
    "MattermostChat",
    "MattermostPager",
    "NtfyPush",
    "OpsgeniePager",
    "OpsgenieSchedules",
    "PagerDutyPager",
    "PagerDutySchedules",
    "SignedWebhook",
    "SlackChat",
    "SlackPager",
    "SmtpMail",
    "TeamsWorkflow",
    "TwilioSms",
    "TwilioVoice",
    "ZoomVideo",
]
