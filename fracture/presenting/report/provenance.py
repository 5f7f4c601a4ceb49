"""What a run depends on: fingerprints of files, locked versions of packages."""

import hashlib
import tomllib
from collections import defaultdict
from pathlib import Path

from fracture.artifacts import manifest, splits

LOCK = Path("uv.lock")
FILES = (manifest.PATH, splits.PATH)
"""What the results follow from, together with parameters and code."""
DIGITS = 12
"""As many as `sha256sum FILE | cut -c 1-12` shows."""


def fingerprint(content: bytes) -> str:
    """Return the first digits of the SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def locked(lock: str) -> dict[str, str]:
    """Return the versions of the packages that the project itself asks for, sorted by name.

    Args:
        lock: The text of uv.lock. Where it names several versions of a package, for different
            versions of Python, all are returned, joined by `or`.
    """
    packages = tomllib.loads(lock)["package"]
    (project,) = [package for package in packages if "virtual" in package["source"]]
    wanted = {dependency["name"] for dependency in project["dependencies"]}
    versions = defaultdict(list)
    for package in packages:
        if package["name"] in wanted:
            versions[package["name"]].append(package["version"])
    return {name: " or ".join(versions[name]) for name in sorted(versions)}
