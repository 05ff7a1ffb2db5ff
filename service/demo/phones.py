"""Where do the pages of the demo arrive? At a small receiver on loopback that plays everybody's phone."""

import json
import queue
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from incident.errors import IncidentError

Message = dict[str, Any]


class Stalled(IncidentError):  # noqa: N818  said of the story, not of a fault
    """The story did not go on in time; the message says what it waited for."""


@dataclass
class Phones:
    """Receives signed webhooks; a message is taken once, by whoever waits for it."""

    received: "queue.Queue[Message]" = field(default_factory=queue.Queue)
    _kept: list[Message] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where to post."""
        assert self._server is not None, "the receiver is started first"
        return f"http://127.0.0.1:{self._server.server_port}/"

    def start(self) -> None:
        """Listen on loopback, on any free port."""
        received = self.received

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.put(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """The demo tells its own story."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def wait_for(self, to: str, kind: str, containing: str = "", *, within: float = 60.0) -> Message:
        """The next message of a kind to a person.

        Raises:
            Stalled: none came in time.
        """
        for number, message in enumerate(self._kept):
            if _fits(message, to, kind, containing):
                return self._kept.pop(number)
        while True:
            try:
                message = self.received.get(timeout=within)
            except queue.Empty:
                raise Stalled(f"no {kind} for {to} came within {within:.0f} s") from None
            if _fits(message, to, kind, containing):
                return message
            self._kept.append(message)


def _fits(message: Message, to: str, kind: str, containing: str) -> bool:
    return message["to"] == to and message["type"] == kind and containing in message["text"]
