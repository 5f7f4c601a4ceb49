"""What every request passes on its way in, and every response on its way out."""

import logging
import math
import time
from collections.abc import Collection, Sequence
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.app.access import Rate, is_addressed, is_known, key_of
from serving.app.limits import Limits
from serving.app.measures import Measures
from serving.app.problems import Problem, as_problem

LOG = logging.getLogger("serving.app")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ROUTES = ("/v1/predict", "/v1/corrections", "/v1/model", "/healthz", "/metrics", "/openapi.json")
"""What logs and metrics may name; other paths hold whatever a client wrote there."""
GONE = 499
"""The status of a request of which nothing was answered, as its client went away."""
LIMITED = ("/v1/predict", "/v1/corrections")


class Guard:
    """Headers, keys, rate, how many at once, and one line of the log without what was sent."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        keys: Sequence[bytes],
        hosts: Collection[str],
        measures: Measures,
    ) -> None:
        """Stand before a service.

        Args:
            app: The service.
            limits: Of the rate and of requests at once.
            keys: As `read_keys` returns them; none: everybody may ask.
            hosts: See `is_addressed`.
            measures: Where requests are counted.
        """
        self._app, self._limits, self._keys, self._measures = app, limits, keys, measures
        self._hosts = hosts
        self._rate, self._now = Rate(limits.rate), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, began, status = scope["path"], time.monotonic(), GONE
        route = path if path in ROUTES else "page"

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if path.startswith("/v1/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        limited = route in LIMITED
        self._now += limited
        try:
            self._require(Headers(scope=scope), scope, limited=limited)
            await self._app(scope, receive, sent)
        except ClientDisconnect:
            pass
        except Exception as error:  # Starlette would log it with all that it quotes
            problem = as_problem(error)
            if status == GONE:
                await problem.response()(scope, receive, sent)
        finally:
            self._now -= limited
            seconds = time.monotonic() - began
            self._measures.requests.labels(route, status).inc()
            self._measures.seconds.labels(route).observe(seconds)
            LOG.info("%s %s %s %.0f ms", scope["method"][:7], route, status, 1000 * seconds)

    def _require(self, headers: Headers, scope: Scope, *, limited: bool) -> None:
        """Require that a request may be answered.

        Raises:
            Problem: It may not.
        """
        if not is_addressed(headers.get("host", ""), self._hosts):
            raise Problem(
                HTTPStatus.MISDIRECTED_REQUEST,
                "the service does not go by the name that was asked for: start it with --name NAME",
            )
        if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise Problem(HTTPStatus.FORBIDDEN, "sent by a page of another site")
        key = key_of(headers)
        guarded = limited or scope["path"] in {"/v1/model", "/metrics"}
        if self._keys and guarded and not is_known(key, self._keys):
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "no API key that is known: send one as `Authorization: Bearer KEY`",
                {"WWW-Authenticate": "Bearer"},
            )
        if not limited:
            return
        client = key if self._keys else (scope.get("client") or ("",))[0]
        if wait := self._rate.seconds_to_wait(client):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"more than {self._limits.rate} requests a minute: wait",
                {"Retry-After": str(math.ceil(wait))},
            )
        if self._now > self._limits.requests:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{self._limits.requests} requests are being answered: ask again",
                {"Retry-After": "1"},
            )
