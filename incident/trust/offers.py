"""What do monitors offer to prove themselves with? Those that can be given an address and nothing else."""

WITHOUT_HEADERS = frozenset(
    (
        "librato",
        "pingdom",
        "sentry_legacy_plugin",
        "splunk",
        "statuscake",
        "statuspage_webhook",
        "updown",
    )
)
"""Dialects whose senders send no header of ours: a bearer token would never come."""
