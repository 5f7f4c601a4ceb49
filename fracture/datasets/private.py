"""Whose radiograph it is stays private: keyed hashes, and paths that hold no name."""

import hmac
import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from fracture.artifacts import manifest
from fracture.console import PipelineError

SALT = "FRACTURE_SALT"
SHORTEST_SALT = 16  # characters
DIGITS = 16  # hexadecimal: among a million, two share a hash once in 37 million times
UIDS = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
LONG_ENOUGH = 4  # characters that are found within a word too, not as a whole word alone

Hash = Callable[[str, str], str]
"""Hashes a text of some kind, such as "patient", so that two kinds never share a hash."""


def private_hash() -> Hash:
    """Return a function that hashes texts with the key in the environment variable.

    Patient ids are few and short: a hash without a key is undone by trying them all. The key stands
    in the environment alone because what stands in params.yaml is copied into git, dvc.lock and
    MLflow. The same key gives the same hashes, so that runs of one site can be compared.

    Raises:
        PipelineError: There is no key, or it is so short that it can be guessed.
    """
    salt = os.environ.get(SALT, "")
    if len(salt) < SHORTEST_SALT:
        raise PipelineError(
            f"the environment variable {SALT} holds {len(salt)} characters, expected at least "
            f"{SHORTEST_SALT}: patients and studies are hashed with it; choose a private text, "
            f"keep it out of git, and set it to the same in each run: export {SALT}=..."
        )
    return partial(_hash, salt.encode())


def _hash(salt: bytes, kind: str, text: str) -> str:
    message = f"{kind}\0{text}".encode("utf-8", "surrogateescape")
    return hmac.digest(salt, message, "sha256").hex()[:DIGITS]


def refuse_names(headers: Mapping[str, Mapping[str, str]], root: Path, otherwise: str = "") -> None:
    """Require that no path tells whose radiograph it is.

    A header that says `PatientIdentityRemoved: YES` holds no name and no id to look for.

    Args:
        headers: PatientName, PatientID, PatientIdentityRemoved and UIDs by path.
        root: The folder that the message names.
        otherwise: What else can be done; ends the message.

    Raises:
        PipelineError: A path holds its patient's name, a part of it, or its patient's id; the
            message repeats neither.
    """
    telling = sum(_tells(path, header) for path, header in headers.items())
    if telling:
        raise PipelineError(
            f"{telling} of {len(headers)} files in {root} lie at a path that holds their "
            f"patient's name or id, and {manifest.PATH} would hold it too: rename those folders "
            f"and files, to numbers for example{otherwise}"
        )


def _tells(path: str, header: Mapping[str, str]) -> bool:
    if header["PatientIdentityRemoved"].upper() == "YES":
        return False
    for keyword in UIDS:  # long numbers, in which a short id would be found by chance
        path = path.replace(header[keyword] or "/", "/")
    return _holds_id(path, header["PatientID"]) or _holds_name(path, header["PatientName"])


def _holds_id(path: str, patient: str) -> bool:
    if patient.isdecimal():
        return int(patient) in map(int, re.findall(r"\d+", path))
    joined = "".join(_words(patient))  # AB-12/34 and ab1234 are the same
    words = _words(path)
    return joined in words or (len(joined) >= LONG_ENOUGH and joined in "".join(words))


def _holds_name(path: str, patient: str) -> bool:
    words = _words(path)
    return any(
        part == word or (len(part) >= LONG_ENOUGH and part in word)
        for part in _words(patient)
        if len(part) > 1  # an initial would be found in any path
        for word in words
    )


def _words(text: str) -> list[str]:
    """Return the words of a text, without case and accents: names are written in many ways."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    unaccented = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", unaccented)
