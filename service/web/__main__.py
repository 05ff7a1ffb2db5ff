"""How does the web service start? `python -m service.web`, in the environment that `incident up` makes."""

import argparse
import logging
from pathlib import Path

import uvicorn

from service.collecting import spare_what_stands
from service.web.app import create_app

MOST_CONNECTIONS = 1_000
"""More are answered 503: each may hold a body of 1 MiB."""


def log_without_addresses() -> None:
    """Log what we say; libraries that log addresses, in which tokens stand, speak of problems only."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for ours in ("blocks", "ledger", "service", "tasks"):
        logging.getLogger(ours).setLevel(logging.INFO)  # Prefect has set up the root logger before us
    for library in ("httpx", "httpcore"):
        logging.getLogger(library).setLevel(logging.WARNING)


def main() -> None:
    """Serve on loopback unless told otherwise."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--configuration", type=Path, default=None)
    options = parser.parse_args()
    log_without_addresses()
    app = create_app(options.configuration)
    spare_what_stands()
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        access_log=False,
        limit_concurrency=MOST_CONNECTIONS,
    )


if __name__ == "__main__":
    main()
