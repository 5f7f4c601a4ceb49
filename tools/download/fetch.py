"""An archive from its server to the disk: resumed where it was cut, in place once verified."""

from collections.abc import Iterator
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from typing import NoReturn

from requests import RequestException, Response, Session
from tqdm import tqdm
from urllib3.exceptions import MaxRetryError, ProtocolError

from fracture.console import PipelineError
from tools.download import server
from tools.download.partial import Partial
from tools.download.server import RefusedError
from tools.download.sources import Archive

CHUNK = 1 << 16
HEADWAY = 1 << 20  # bytes; after so many, earlier cuts no longer count
TIMEOUT = (15, 60)  # seconds until connected, and without a byte


class _CutError(Exception):
    """An attempt is over before the archive is complete; the next one goes on."""


def missing(source: Archive, archive: Path) -> int:
    """Return how many bytes `fetch` would still write."""
    return 0 if archive.exists() else max(0, source.bytes - Partial(archive).size)


def fetch(source: Archive, archive: Path) -> None:
    """Leave the verified archive at `archive`, where nothing unverified ever stands.

    What has arrived stays beside it, as `<name>.part`, for the next call to go on from.

    Raises:
        PipelineError: The server cannot be reached or refuses, the line is cut again and again, or
            what came, or stood there before, is not the archive.
    """
    by_hand = f"fetch it in a browser from {source.page}, put it at {archive}, and run this again"
    if archive.exists():
        if fault := _fault(source, archive):
            raise PipelineError(f"{archive} is not {source.title}: it {fault}; move it away")
        return
    if source.url is None:
        raise PipelineError(f"no lasting address of {source.title} is known: {by_hand}")
    partial = Partial(archive)
    try:
        _complete(source, source.url, partial)
    except RefusedError as refusal:
        raise PipelineError(f"{refusal}: {by_hand}") from None
    except MaxRetryError as error:
        raise PipelineError(
            f"{server.host(source.url)} broke off too often ({error.reason}): {_keeps(partial)}"
        ) from None
    except RequestException as error:
        raise PipelineError(
            f"{server.host(source.url)} cannot be reached ({_cause(error)}): check the network and "
            f"the proxy variables; {_keeps(partial)}"
        ) from None
    if fault := _fault(source, partial.path):
        partial.discard()
        raise PipelineError(
            f"{source.title} arrived damaged and was deleted: it {fault}; run this again, or "
            f"{by_hand}"
        )
    partial.keep_as(archive)


def _complete(source: Archive, url: str, partial: Partial) -> None:
    """Add to what has come until it has the expected size."""
    if partial.size > source.bytes:
        partial.discard()
    attempts, furthest = server.RETRIES, partial.size
    with (
        server.session() as session,
        tqdm(
            desc=source.title,
            total=source.bytes,
            initial=partial.size,
            unit="B",
            unit_scale=True,
            mininterval=0.5,
            dynamic_ncols=True,
        ) as bar,
    ):
        while partial.size < source.bytes:
            try:
                _receive(session, source, url, partial, bar)
            except _CutError as cut:
                if partial.size >= furthest + HEADWAY:
                    attempts, furthest = server.RETRIES, partial.size
                attempts = attempts.increment("GET", url, error=ProtocolError(str(cut)))
                attempts.sleep()


def _receive(
    session: Session, source: Archive, url: str, partial: Partial, bar: "tqdm[NoReturn]"
) -> None:
    """Make one attempt at the rest."""
    start, tag = partial.size, partial.tag
    headers = server.asking_for_rest(start, tag)
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
        begin = server.first_byte(response, source, start, tag)
        if begin is None:
            partial.discard()
            raise _CutError("the bytes that have come cannot be continued")
        if begin == 0:
            partial.start(server.strong_tag(response))
        with partial.path.open("ab") as file:
            for chunk in _chunks(response):
                if file.tell() + len(chunk) > source.bytes:
                    raise RefusedError(
                        f"{server.host(url)} sends more than the {source.bytes:,} bytes of "
                        f"{source.title}"
                    )
                file.write(chunk)
                bar.update(file.tell() - bar.n)
    if partial.size < source.bytes:
        raise _CutError(f"{partial.size:,} of {source.bytes:,} bytes came")


def _chunks(response: Response) -> Iterator[bytes]:
    """Yield what comes, until the line is cut: how much that was tells whether it was all."""
    with suppress(RequestException):
        yield from response.iter_content(CHUNK)


def _keeps(partial: Partial) -> str:
    return f"run this again to go on from the {partial.size:,} bytes in {partial.path}"


def _fault(source: Archive, archive: Path) -> str:
    """Return what is wrong with an archive, or an empty text."""
    size = archive.stat().st_size
    if size != source.bytes:
        return f"has {size:,} bytes, expected {source.bytes:,}"
    with archive.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    return "" if found == source.sha256 else f"has SHA-256 {found}, expected {source.sha256}"


def _cause(error: RequestException) -> object:
    """Return the part of an error that tells why, without the layers around it."""
    inner = error.args[0] if error.args else error
    return getattr(inner, "reason", inner)
