"""Radiographs for the tests of grouping and judging."""

from fracture.artifacts.manifest import Radiograph


def radiograph(
    name: str, *, patient: str = "", study: str = "", fractured: bool = False, pixels: str = ""
) -> Radiograph:
    return Radiograph(
        id=name,
        path=f"folder/{name}.png",
        fractured=fractured,
        body_part="hand",
        patient=patient,
        study=study,
        sha256=f"bytes of {name}",
        pixels_sha256=pixels or f"pixels of {name}",
    )
