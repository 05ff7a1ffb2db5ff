"""A web server on loopback that keeps what is posted to it, for code that brings its own HTTP client."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Catcher:
    """What came, as pairs of path and JSON; answers with ``status`` once ``answering`` is set."""

    port: int = 0
    status: int = 200
    posted: list[tuple[str, Any]] = field(default_factory=list)
    answering: threading.Event = field(default_factory=threading.Event)


@contextmanager
def catcher(status: int = 200, *, silent: bool = False) -> Iterator[Catcher]:
    """The server while it runs; a ``silent`` one takes requests and answers none until the end."""
    caught = Catcher(status=status)
    if not silent:
        caught.answering.set()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            caught.posted.append((self.path, json.loads(body)))
            caught.answering.wait()
            self.send_response(caught.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        caught.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield caught
        finally:
            caught.answering.set()
            server.shutdown()
            thread.join()
