"""What does the Prefect client raise while its API is away?"""

import httpx
from prefect.exceptions import PrefectException

AWAY: tuple[type[Exception], ...] = (httpx.HTTPError, PrefectException, OSError, RuntimeError)
"""RuntimeError is what the client says when it cannot connect at all."""
