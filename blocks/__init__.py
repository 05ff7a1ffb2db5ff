"""Which connections to the outside exist? Importing this package makes every block known to Prefect."""

from blocks.alertmanager import AlertmanagerApi
from blocks.apprise_push import ApprisePush
from blocks.console import ConsolePager
from blocks.embedded import BuiltInChat, BuiltInStatusPage, BuiltInTracker
from blocks.github import GitHubIssues
from blocks.gitlab import GitLabIssues
from blocks.icinga2 import Icinga2Api
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

__all__ = [
    "AlertmanagerApi",
    "ApprisePush",
    "AtlassianStatuspage",
    "BuiltInChat",
    "BuiltInStatusPage",
    "BuiltInTracker",
    "ConsolePager",
    "GitHubIssues",
    "GitLabIssues",
    "Icinga2Api",
    "JiraTracker",
    "JitsiVideo",
    "KannelSms",
    "MatrixChat",
    "MatrixPager",
    "MattermostChat",
    "MattermostPager",
    "NagiosCommandFile",
    "NtfyPush",
    "OpsgeniePager",
    "OpsgenieSchedules",
    "PagerDutyPager",
    "PagerDutySchedules",
    "SignedWebhook",
    "SipCall",
    "SlackChat",
    "SlackPager",
    "SmtpMail",
    "TeamsWorkflow",
    "TwilioSms",
    "TwilioVoice",
    "ZoomVideo",
]
