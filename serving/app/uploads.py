"""Files of a request, kept in memory alone."""

import asyncio
import re
import unicodedata
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from serving.app.limits import MEBIBYTE, Limits
from serving.app.problems import Problem

FIELD = "files"
LONGEST_NAME = 120  # characters
LONGEST_FIELD = 4096  # bytes of what is no file
UNNAMED = "unnamed"


@dataclass(frozen=True)
class Upload:
    """A file as it arrived.

    Attributes:
        name: Without folders and what nobody sees; shown to whoever sent it and to nobody else.
        content: Its bytes.
    """

    name: str
    content: bytes = field(repr=False)


class _InMemory(MultiPartParser):
    """Starlette's parser, which by itself puts files of more than 1 MiB on the disk."""

    spool_max_size = 0  # of SpooledTemporaryFile: never


async def read_uploads(request: Request, limits: Limits) -> list[Upload]:
    """Return the files of a multipart request, in order.

    Raises:
        Problem: It is no such request, or more than the limits allow.
    """
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"expected multipart/form-data with the files in {FIELD}",
        )
    parser = _InMemory(
        request.headers,
        body(request, limits.request_mib * MEBIBYTE, limits.upload_seconds),
        max_files=limits.files,
        max_fields=limits.files,
        max_part_size=LONGEST_FIELD,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        detail = "more files than" if "Too many files" in error.message else "no whole form of"
        raise Problem(
            HTTPStatus.BAD_REQUEST, f"{detail} the {limits.files} files that a request may have"
        ) from None
    try:
        sent = [each for name, each in form.multi_items() if name == FIELD]
        return [await _upload(each, limits) for each in _required(sent)]
    finally:
        await form.close()


def _required(sent: list[UploadFile | str]) -> list[UploadFile]:
    files = [each for each in sent if isinstance(each, UploadFile)]
    if not files or len(files) < len(sent):
        raise Problem(
            HTTPStatus.BAD_REQUEST, f"no file in {FIELD}: send one or more radiographs there"
        )
    return files


async def _upload(file: UploadFile, limits: Limits) -> Upload:
    if (file.size or 0) > limits.file_mib * MEBIBYTE:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a file of more than {limits.file_mib} MiB: send smaller ones",
        )
    return Upload(plain_name(file.filename or ""), await file.read())


async def body(request: Request, most: int, seconds: float) -> AsyncGenerator[bytes, None]:
    """Yield the body of a request as it arrives.

    Args:
        request: Not read yet.
        most: Bytes that it may have.
        seconds: In which it must have arrived.

    Raises:
        Problem: It has more, takes longer, or its sender has gone.
    """
    too_large = Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"a request of more than {most / MEBIBYTE:g} MiB: send fewer files at once",
    )
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > most:
        raise too_large
    arrived = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                arrived += len(chunk)
                if arrived > most:
                    raise too_large
                yield chunk
    except TimeoutError:
        raise Problem(
            HTTPStatus.REQUEST_TIMEOUT, f"the request did not arrive within {seconds:g} seconds"
        ) from None


def plain_name(name: str) -> str:
    """Return the name of a file without folders, and without what acts on a screen or a log."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(letter for letter in last if letter.isprintable()).strip(". ")
    return seen[:LONGEST_NAME] or UNNAMED
