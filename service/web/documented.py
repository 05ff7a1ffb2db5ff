"""Which answers does the description of the web service name, besides those that a door names itself?

A door that says itself what can go wrong, as those of machines do, is left as it is. For the others it
follows from what they take: a link of somebody, the name of a thing, a form.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

LINK = ("token", "as")
REFUSED, FAULT = 400, 500

UNAVAILABLE = {503: "The ledger cannot be read or written; come again after `Retry-After` seconds."}
OF_LINKS = {
    401: "The token is missing, or not one of ours.",
    403: "A token for something else.",
    409: "Not possible any more, or not yet.",
    410: "The token has expired.",
}
OF_NAMES = {404: "There is nothing of this name."}
OF_FORMS = {
    400: "The form ends too early, or has too many fields.",
    404: "There is nothing of this name.",
    409: "Not possible any more, or not yet.",
    413: "The form has more than 256 KiB.",
    415: "It is no form, or it is compressed.",
    422: "Something in it cannot be acted on; the answer says what.",
}


def name_every_answer(doors: APIRouter) -> APIRouter:
    """The doors with what each can answer, unless it says so itself; to do it twice changes nothing."""
    for route in doors.routes:
        if isinstance(route, APIRoute) and not any(_refuses(status) for status in route.responses):
            added = {status: {"description": text} for status, text in _answers(route)}
            route.responses = {**added, **route.responses}
    return doors


def _answers(route: APIRoute) -> Iterator[tuple[int | str, str]]:
    parameters = [*route.dependant.path_params, *_all_query_params(route.dependant)]
    names = {parameter.alias for parameter in parameters}
    posts = "POST" in (route.methods or ())
    if posts or names & set(LINK):
        yield from OF_LINKS.items()
    if route.dependant.path_params or names:
        yield from OF_NAMES.items()
    if posts:
        yield from OF_FORMS.items()
    yield from UNAVAILABLE.items()


def _all_query_params(dependant: Any) -> Iterator[Any]:
    yield from dependant.query_params
    for below in dependant.dependencies:
        yield from _all_query_params(below)


def _refuses(status: int | str) -> bool:
    return str(status).isdigit() and REFUSED <= int(status) < FAULT
