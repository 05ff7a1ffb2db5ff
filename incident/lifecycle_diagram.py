"""What does the life cycle look like? The table of `incident.lifecycle` as a mermaid diagram."""

from incident.lifecycle import TRANSITIONS, Status


def lifecycle_diagram() -> str:
    """The states and events as the text of a mermaid state diagram, in the order of the table."""
    ends = [status for status in Status if not any(before is status for before, _ in TRANSITIONS)]
    lines = [
        "stateDiagram-v2",
        f"    [*] --> {next(iter(Status))}",
        *(f"    {before} --> {after}: {event}" for (before, event), after in TRANSITIONS.items()),
        *(f"    {status} --> [*]" for status in ends),
    ]
    return "\n".join(lines) + "\n"
