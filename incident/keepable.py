"""Which text can be written down and sent on? Any, but for what no database keeps and no answer can hold."""


def keepable(text: str) -> str:
    """The text with a replacement character for each NUL and each half of a surrogate pair."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
