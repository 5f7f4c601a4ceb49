"""What the service takes from whoever may reach it."""

from dataclasses import dataclass, field, fields

MEBIBYTE = 2**20


def _limit(default: int, says: str) -> int:
    value: int = field(default=default, metadata={"says": says})
    return value


@dataclass(frozen=True)
class Limits:
    """Limits of the service; the command line offers each, with what it says."""

    files: int = _limit(64, "radiographs in a request")
    file_mib: int = _limit(64, "MiB that a file may have")
    request_mib: int = _limit(256, "MiB that a request may have")
    megapixels: int = _limit(80, "million pixels that a radiograph may have")
    seconds: int = _limit(30, "seconds that decoding and predicting may take before it is killed")
    memory_mib: int = _limit(4096, "MiB of memory that decoding and predicting may take")
    upload_seconds: int = _limit(60, "seconds in which a request must have arrived")
    header_seconds: int = _limit(10, "seconds in which the headers of a request must have arrived")
    requests: int = _limit(32, "requests that are answered at once")
    connections: int = _limit(256, "connections that are open at once")
    rate: int = _limit(600, "requests a minute of one client")
    batch: int = _limit(8, "radiographs that are predicted together")

    @classmethod
    def described(cls) -> dict[str, tuple[int, str]]:
        """Return of each limit its default and what it says."""
        usual = cls()
        return {
            each.name: (int(getattr(usual, each.name)), str(each.metadata["says"]))
            for each in fields(cls)
        }
