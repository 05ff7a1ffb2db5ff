"""How are plain values written as text for `incident.yaml`? So that reading it gives the same values."""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML

WIDTH = 110


def write_yaml(values: dict[str, Any]) -> str:
    """The text: one key a line, and what holds no further lists or mappings in one line."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = None
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # its type is that of None
    writer.width = WIDTH
    text = StringIO()
    writer.dump(values, text)
    return text.getvalue()
