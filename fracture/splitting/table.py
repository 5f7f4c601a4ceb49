"""What stands beside the packed radiographs: a row for each, in the order of the manifest."""

import json
from collections.abc import Sequence

import pandas as pd

from fracture.artifacts import arrays
from fracture.artifacts.manifest import Radiograph, require_same
from fracture.artifacts.splits import Part
from fracture.imaging.letterbox import place_boxes


def tabulate_parts(
    radiographs: Sequence[Radiograph], parts: dict[str, Part], size: int
) -> pd.DataFrame:
    """Return one row for each radiograph, in order, with the columns of `arrays.COLUMNS`.

    Args:
        radiographs: As ingested.
        parts: Of the split, by id.
        size: Side of the squares, pixels, in which the boxes are placed, to 0.01 pixels.

    Raises:
        PipelineError: The split is not one of these radiographs.
    """
    require_same(radiographs, parts)
    table = pd.DataFrame(radiographs)
    boxes = [_boxes(radiograph, size) for radiograph in radiographs]
    return table.assign(
        part=table["id"].map(parts), flags=table["flags"].map(";".join), boxes=boxes
    )[arrays.COLUMNS]


def _boxes(radiograph: Radiograph, size: int) -> str:
    placed = place_boxes(radiograph.boxes, radiograph.width, radiograph.height, size)
    return json.dumps([[round(edge, 2) for edge in box] for box in placed])
