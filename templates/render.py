"""What does a template say about these values, in this language?

`render("page/body.txt", language=Language.ITALIAN, ...)` looks for ``it/page/body.txt``, then for
``page/body.txt``, which all languages share. The suffix decides how values are escaped (`templates.formats`).
Nothing that a template names may be missing: a text that would be incomplete is an error.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from incident.configuration import Language
from incident.story import Story
from templates.filters import filters
from templates.formats import Format, finish, print_value
from templates.moments import picture
from templates.picture import Picture, axis_in_letters, in_letters
from templates.reading import QUESTIONS
from templates.words import FOLDER, words


def render(name: str, *, language: Language | None = None, **context: Any) -> str:
    """The text of a template.

    Without a language it is the story's, where there is one among the values, else English. ``people`` gives
    names to the identities in a story; it may be left out.
    """
    spoken = language or _language_of(context.get("story"))
    form = Format.of(name)
    template = _environment(form).select_template([f"{spoken}/{name}", name])
    defaults: Mapping[str, Any] = {"people": {}, "language": spoken, "words": words(spoken)}
    return finish(form, template.render({**defaults, **context}))


def _language_of(story: object) -> Language:
    return story.language if isinstance(story, Story) else Language.ENGLISH


@pass_context
def _part(context: Context, name: str, **values: Any) -> str:
    """Another text in the same language and about the same values, for a template that shows it."""
    return render(name, **{**context.get_all(), **values})


@pass_context
def _picture(context: Context, story: Story) -> Picture:
    """The picture of a story in the language of the text."""
    return picture(story, context["people"], context["words"])


@cache
def _environment(form: Format) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,  # of what `print_value` has not made safe already, which is nothing
        undefined=StrictUndefined,
        finalize=print_value(form),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters(form))
    environment.globals.update(
        QUESTIONS, part=_part, picture=_picture, in_letters=in_letters, axis_in_letters=axis_in_letters
    )
    return environment
