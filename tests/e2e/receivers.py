"""Where do the pages of the end-to-end tests arrive? At a channel that knows a message by its key."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """One request of a signed webhook."""

    key: str
    body: dict[str, Any]


@dataclass
class Phones:
    """Takes signed webhooks; a repeated key is the same message."""

    deliveries: list[Delivery] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}/"

    def start(self) -> None:
        taken = self.deliveries

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                taken.append(Delivery(self.headers["Idempotency-Key"], body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 64

        self._server = Server(("127.0.0.1", 0), Receiver)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def pages(self, incident: str) -> dict[str, dict[str, Any]]:
        """The pages of an incident as people see them: each key once."""
        said = [each for each in list(self.deliveries) if each.body["type"] == "page"]
        return {each.key: each.body for each in said if each.body["incident"] == incident}

    def times(self, incident: str) -> Counter[str]:
        """How often each message of an incident was delivered, repeated ones counted."""
        return Counter(each.key for each in list(self.deliveries) if each.key.startswith(f"{incident}/"))
