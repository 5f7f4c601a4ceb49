"""What a server is asked for, and what its answer is worth."""

import re
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tools.download.sources import Archive

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
OK, PARTIAL, UNSATISFIABLE = 200, 206, 416

RETRIES = Retry(
    total=6,
    connect=2,
    other=1,  # such as a certificate that does not hold
    status_forcelist={429, 500, 502, 503, 504},
    backoff_factor=1,  # pauses of 0, 2, 4, 8 ... seconds
    backoff_max=30,
    retry_after_max=60,  # of a server that names its own pause
    raise_on_status=False,
)


class RefusedError(Exception):
    """The server does not give what is expected, and will not if it is asked again."""


class _SecureAdapter(HTTPAdapter):
    """Sends nothing over a line that others can change, wherever a redirect leads."""

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        address = urlsplit(request.url or "")
        if address.scheme != "https" and address.hostname not in LOOPBACK:
            raise RefusedError(f"{address.scheme}://{address.hostname} is asked for, not https")
        return super().send(request, *arguments, **options)


def session() -> Session:
    """Return a session that tries again, follows redirects to https alone and heeds proxies."""
    adapter = _SecureAdapter(max_retries=RETRIES)
    made = Session()
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    made.headers["Accept-Encoding"] = "identity"  # a range counts the bytes as they are stored
    return made


def asking_for_rest(start: int, tag: str) -> dict[str, str]:
    """Return the headers that ask for the bytes from `start`, or for all if the file has changed.

    Args:
        start: How many bytes are there; with 0 all are asked for.
        tag: The ETag that came with them, empty if none did.
    """
    if not start:
        return {}
    return {"Range": f"bytes={start}-"} | ({"If-Range": tag} if tag else {})


def strong_tag(response: Response) -> str:
    """Return the ETag that stands for exactly these bytes, or an empty text."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else ""


def first_byte(response: Response, source: Archive, start: int, tag: str) -> int | None:
    """Return the position in the archive at which the bytes of an answer begin.

    Args:
        response: The answer to a request with `asking_for_rest(start, tag)`.
        source: What is expected.
        start: How many bytes are there.
        tag: The ETag that came with them, empty if none did.

    Returns:
        `start`, 0 where all come anew, or None where what is there cannot be continued.

    Raises:
        RefusedError: There are no such bytes, or their number is not the expected one.
    """
    if response.status_code == UNSATISFIABLE and start:
        return None
    if response.status_code == PARTIAL:
        span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        changed = tag and strong_tag(response) not in {"", tag}
        if not span or int(span[1]) != start or changed:
            return None
        offered = span[2]
    elif response.status_code == OK:
        start, offered = 0, response.headers.get("Content-Length", "")
    else:
        raise RefusedError(
            f"{host(response.url)} answers {response.status_code} {response.reason}, not with "
            f"{source.title}"
        )
    if offered.isdecimal() and int(offered) != source.bytes:
        raise RefusedError(
            f"{host(response.url)} offers {int(offered):,} bytes, {source.title} has "
            f"{source.bytes:,}"
        )
    return start


def host(url: str) -> str:
    """Return the name of the machine in an address."""
    return urlsplit(url).hostname or url
