"""In which order are the questions of triage asked, and what does each decide? Drawn for docs/triage.md."""

from incident.triage import QUESTIONS

DECIDES = {
    "information": "below threshold",
    "acknowledgement": "attached, or duplicate when nothing is open for it",
    "recovery": "resolved, or duplicate when nothing is open for it",
    "duplicate": "duplicate",
    "silence": "silenced, until it ends",
    "maintenance": "in maintenance, until it ends",
    "inhibition": "inhibited, looked at every 5 minutes",
    "flapping": "attached once, then duplicate until it is calm",
    "its own incident": "attached",
    "threshold": "below threshold, until enough have come",
    "grouping": "attached, and may raise it",
    "dependency": "attached, looked at every 5 minutes",
    "minimum severity": "below threshold",
    "open": "opened",
}
"""What becomes of an alert when a question decides."""


def triage_diagram() -> str:
    """The questions as a mermaid flow chart: down when there is no outcome, to the side when there is."""
    lines = ["flowchart TD", "    alert([an alert of a service, by its route]) --> q1"]
    for number, (name, question) in enumerate(QUESTIONS, 1):
        asks = (question.__doc__ or "").partition("\n")[0].rstrip(".")
        if number == len(QUESTIONS):
            lines.append(f'    q{number}["{name}: {asks}"] --> e{number}([{DECIDES[name]}])')
            break
        lines.append(f'    q{number}{{{{"{name}: {asks.partition(chr(63))[0]}?"}}}}')
        lines.append(f"    q{number} -- yes --> e{number}([{DECIDES[name]}])")
        lines.append(f"    q{number} -- no --> q{number + 1}")
    return "\n".join(lines) + "\n"
