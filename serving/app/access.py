"""Who may ask how often."""

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlsplit

VARIABLE = "FRACTURE_API_KEYS"
SHORTEST_KEY = 16  # characters
CLIENTS = 10_000  # that are remembered


def read_keys(text: str) -> list[bytes]:
    """Return the digests of API keys that are separated by commas.

    Raises:
        ValueError: One is too short to be safe.
    """
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ValueError(
            f"{VARIABLE} holds a key of less than {SHORTEST_KEY} characters: "
            "make longer ones, for instance with `openssl rand -hex 24`"
        )
    return [_digest(key) for key in keys]


def key_of(headers: Mapping[str, str]) -> str:
    """Return the API key of a request: of `Authorization: Bearer`, else of `X-API-Key`."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")


def is_known(key: str, keys: Sequence[bytes]) -> bool:
    """Return whether a key is one of some, in a time that does not tell how near it is.

    Args:
        key: Of a request.
        keys: As `read_keys` returns them.
    """
    given = _digest(key)
    return sum(hmac.compare_digest(given, each) for each in keys) > 0


def is_addressed(header: str, hosts: Collection[str]) -> bool:
    """Return whether a request was sent to one of some hosts.

    A page of another site whose name was made to point at this machine sends its own name (DNS
    rebinding); to the browser it is the service's own page.

    Args:
        header: `Host` of the request: a name or an address, perhaps with a port.
        hosts: Names and addresses, in lower case; an IPv6 address without brackets. Where there
            are none, a request may be sent to any.
    """
    try:
        host = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    return not hosts or host.rstrip(".") in hosts


class Rate:
    """How many requests each client has left: a bucket of tokens that fills up with time."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets.

        Args:
            a_minute: Requests.
            clock: Seconds.
        """
        self._most, self._clock = a_minute, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, client: str) -> float:
        """Count a request, and return 0; or, where none is left, the seconds until one is."""
        now = self._clock()
        left, since = self._left.pop(client, (float(self._most), now))
        left = min(self._most, left + (now - since) * self._most / 60)
        self._left[client] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > CLIENTS:
            self._left.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) * 60 / self._most


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
