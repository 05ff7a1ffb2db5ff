"""What is left of our markdown where nothing shows it?"""

import pytest

from templates.plain import plain


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        pytest.param("**INC-1** · open", "INC-1 · open", id="no emphasis"),
        pytest.param("Begin with `INC-3 ack`.", "Begin with INC-3 ack.", id="no code"),
        pytest.param(r"a\_b \[x\] \*", "a_b [x] *", id="what was escaped reads as it is"),
        pytest.param("[Page](https://x.example/a)", "Page: https://x.example/a", id="a link with its words"),
        pytest.param(
            r"[a \] b](https://x.example)", "a ] b: https://x.example", id="a bracket in the words of a link"
        ),
        pytest.param("Open:\n\n- one\n- two\n", "Open:\none\ntwo", id="a list is lines"),
        pytest.param("# Head\n\ntext - more", "Head\ntext - more", id="no heading, and a dash stays"),
    ],
)
def test_only_the_words_are_left(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_what_is_spoken_names_no_address() -> None:
    assert plain("Taken. [Page](https://x.example/a)", links=False) == "Taken."
