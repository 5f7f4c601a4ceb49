"""What the report takes from files as they are: pictures, fingerprints, versions of packages."""

import base64
import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image as Pillow
from ruamel.yaml import YAML

from fracture.artifacts import arrays, audit, comparison, external, manifest, pictures, splits
from fracture.console import progress

FULL, SMALL = 1600, 1000
"""Pixels across at most: pictures of the data and of the system chosen, of the other systems."""
QUALITY = 90
"""Of WebP, 0 to 100: thin lines and small print stay clean."""
LOCK = Path("uv.lock")
CITATION = Path("CITATION.cff")
EXTRAS = ("keras", "training", "pipeline", "tracking")
"""Of pyproject.toml, without which the pipeline does not run."""
FILES = (manifest.PATH, splits.PATH)
"""What the results follow from, together with parameters and code."""
DIGITS = 12
"""As many as `sha256sum FILE | cut -c 1-12` shows."""


@dataclass(frozen=True)
class Image:
    """A picture as the page holds it: a data URI, and its size in pixels."""

    uri: str
    width: int
    height: int


OF_THE_CHOSEN = ("evaluation", "calibration", "subgroups", pictures.FREE_RESPONSE)
"""Pictures of the system that validation chose; the last where it is a measured mean."""


@dataclass(frozen=True)
class Software:
    """What made the results.

    Attributes:
        title: What it is called.
        authors: Who made it.
        version: Of the release.
        licence: Its SPDX identifier.
    """

    title: str
    authors: list[str]
    version: str
    licence: str


def wanted(
    systems: list[str],
    networks: Iterable[str],
    further: Iterable[str],
    variants: Iterable[str],
    two_steps: bool = False,
) -> dict[Path, int]:
    """Return the pictures that the page shows, and how many pixels across they may be.

    Args:
        systems: Those of the headline's target, the one chosen first.
        networks: The models whose networks the one chosen is made of.
        further: The one chosen of each further target.
        variants: Keys of `variants` in params.yaml.
        two_steps: Whether any system decides in two steps.
    """
    chosen, *others = systems
    networks, best = list(networks), list(further)
    shown = {"targets": bool(best), "two_step": two_steps}
    full = [
        *(audit.picture(name) for name in audit.PICTURES),
        *map(arrays.picture, variants),
        arrays.AUGMENTED,
        *(comparison.picture(name) for name in comparison.PICTURES if shown.get(name, True)),
        *(pictures.path(chosen, name) for name in OF_THE_CHOSEN),
        *(pictures.path(name, which) for name in networks for which in pictures.OF_A_MODEL),
        *(pictures.path(name, "evaluation") for name in best),
        external.PICTURE,
    ]
    small = [pictures.path(name, "evaluation") for name in others]
    return dict.fromkeys(full, FULL) | dict.fromkeys(small, SMALL)


def read_images(paths: Mapping[Path, int]) -> dict[Path, Image]:
    """Read the pictures that are there, each at most so many pixels across."""
    there = {path: widest for path, widest in paths.items() if path.is_file()}
    steps = progress(there.items(), len(there), "report", "pictures")
    return {path: inline(path, widest) for path, widest in steps}


def inline(path: Path, widest: int) -> Image:
    """Return a picture as WebP, the same bytes each time.

    Args:
        path: Of the picture.
        widest: Width to which a wider picture is scaled down, pixels.
    """
    with Pillow.open(path) as picture:
        scaled = picture.convert("RGB")
    if scaled.width > widest:
        height = round(scaled.height * widest / scaled.width)
        scaled = scaled.resize((widest, height), Pillow.Resampling.LANCZOS)
    packed = BytesIO()
    scaled.save(packed, "WEBP", quality=QUALITY, method=4)
    uri = f"data:image/webp;base64,{base64.b64encode(packed.getvalue()).decode()}"
    return Image(uri, scaled.width, scaled.height)


def fingerprint(content: bytes) -> str:
    """Return the first digits of the SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def locked(lock: str) -> dict[str, str]:
    """Return the versions of the packages that the pipeline itself asks for, sorted by name.

    Args:
        lock: The text of uv.lock. Where it names several versions of a package, for different
            versions of Python, all are returned, joined by `or`.
    """
    packages = tomllib.loads(lock)["package"]
    (project,) = [package for package in packages if "virtual" in package["source"]]
    extras = project.get("optional-dependencies", {})
    asked = [*project["dependencies"], *(one for extra in EXTRAS for one in extras.get(extra, ()))]
    direct = {dependency["name"] for dependency in asked}
    versions = defaultdict(list)
    for package in packages:
        if package["name"] in direct:
            versions[package["name"]].append(package["version"])
    return {name: " or ".join(versions[name]) for name in sorted(versions)}


def cited(citation: str) -> Software:
    """Return what a citation file says of the software.

    Args:
        citation: The text of CITATION.cff (Druskat, S. et al. Citation File Format 1.2.0, 2021),
            whose authors are named as entities or as persons.
    """
    said = YAML(typ="safe").load(citation)
    authors = [
        each.get("name") or f"{each['given-names']} {each['family-names']}"
        for each in said["authors"]
    ]
    return Software(said["title"], authors, said["version"], said["license"])
