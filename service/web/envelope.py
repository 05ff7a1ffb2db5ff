"""What do all answers of the web service have in common? Where they are made, and what browsers may do."""

import logging

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.problems import answer
from tasks.surroundings import Surroundings, within

DOCS = "/docs"

SAFE = {
    # Tokens stand in addresses: no other site learns them.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
UNKEPT = "no-store"
"""No cache keeps what a token shows, unless the door says otherwise, as feeds do."""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The pages carry their style in them, and load nothing."""
POLICY_OF_DOCS = "frame-ancestors 'none'; base-uri 'none'"
"""The page of the API's documentation, which FastAPI makes, loads its program."""

logger = logging.getLogger(__name__)


class Envelope:
    """Around the whole application; HEAD is GET without the body, for mail scanners and monitors."""

    def __init__(self, app: ASGIApp, place: Surroundings) -> None:
        self._app, self._place = app, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the loops of the application."""
        with within(self._place):
            if scope["type"] != "http":
                await self._app(scope, receive, send)
                return
            asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
            reply = _Reply(send, scope)
            try:
                await self._answer(asked, receive, reply)
            except Exception as unforeseen:  # nobody may see its trace, and its address may hold a token
                logger.exception("a request could not be answered")
                if not reply.begun:
                    response = await answer(Request(asked, receive), unforeseen)
                    await response(asked, receive, reply)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "\0" in scope["path"]:  # no name has it, and no database can be asked for it
            await JSONResponse({"error": "this is no address"}, 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Reply:
    """Sends with the headers of all answers, and to HEAD without a body."""

    def __init__(self, send: Send, scope: Scope) -> None:
        self._send, self._scope, self.begun = send, scope, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            policy = POLICY_OF_DOCS if self._scope["path"] == DOCS else POLICY
            for name, value in {**SAFE, "Content-Security-Policy": policy}.items():
                headers[name] = value
            headers.setdefault("Cache-Control", UNKEPT)
        elif self._scope["method"] == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)
