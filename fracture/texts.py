"""Texts that people type: how they are compared, and which may name files and commands."""

import re
import unicodedata

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
"""A name that means nothing to a shell or a file system, nor to DVC and MLflow."""


def normalised(text: str) -> str:
    """Return a text without what nobody sees: Unicode form NFKC, single spaces, none around it."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def loose(text: str) -> str:
    """Return a text without case and punctuation, in which one system differs from another."""
    return re.sub(r"[\W_]+", "", normalised(text).casefold())
