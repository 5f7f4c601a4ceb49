"""Texts that people type, as they are compared."""

import re
import unicodedata


def normalised(text: str) -> str:
    """Return a text without what nobody sees: Unicode form NFKC, single spaces, none around it."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def loose(text: str) -> str:
    """Return a text without case and punctuation, in which one system differs from another."""
    return re.sub(r"[\W_]+", "", normalised(text).casefold())
