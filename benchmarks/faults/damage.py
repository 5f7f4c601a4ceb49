"""Ways of damaging a file."""

import json
from collections.abc import Callable
from pathlib import Path


def emptied(content: bytes) -> bytes:
    """Return nothing."""
    return content[:0]


def cut(content: bytes) -> bytes:
    """Return the first half."""
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    """Return the same with one bit of the middle changed."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def older(content: bytes) -> bytes:
    """Return a JSON object without its first key."""
    whole = json.loads(content)
    del whole[next(iter(whole))]
    return json.dumps(whole).encode()


def change(path: Path, how: Callable[[bytes], bytes]) -> None:
    """Change the content of a file, and nothing else of it."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(how(path.read_bytes()))
    path.chmod(mode)
