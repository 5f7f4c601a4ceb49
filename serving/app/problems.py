"""Errors as problem details."""

import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
LOG = logging.getLogger("serving.app")


class Problem(Exception):  # noqa: N818 - the standard's word
    """Why a request gets no answer.

    Reference:
        RFC 9457, "Problem Details for HTTP APIs", 2023.
    """

    def __init__(
        self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Keep what is told.

        Args:
            status: Of the response.
            detail: What was found, what was expected, what to do; nothing that the client sent.
            headers: Further ones of the response.
        """
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})

    def response(self) -> JSONResponse:
        """Return what the client gets; the connection ends, as a request may not be read whole."""
        content = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
        }
        headers = {"Connection": "close", **self.headers}
        return JSONResponse(content, int(self.status), headers, media_type=MEDIA_TYPE)


def told_as_problems(app: FastAPI) -> None:
    """Have a service tell what is wrong with a request as problem details.

    What is wrong with the service itself is left to `Guard`: Starlette would put it into the log
    with all that it quotes.
    """

    async def told(_: Request, error: Exception) -> JSONResponse:
        return as_problem(error).response()

    for kind in (Problem, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, told)


def as_problem(error: Exception) -> Problem:
    """Return what a client is told of an error; nothing that it has sent."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        return Problem(status, f"{status.description or status.phrase}: see /openapi.json")
    if isinstance(error, RequestValidationError):
        places = sorted({".".join(map(str, each["loc"])) for each in error.errors()})
        shown = ", ".join(places)[:200]
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"not as expected: {shown}: see /openapi.json"
        )
    # Its message may quote what was sent.
    last = traceback.extract_tb(error.__traceback__)[-1]
    LOG.error("%s in %s, line %s", type(error).__name__, last.name, last.lineno)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed; its log says where")
