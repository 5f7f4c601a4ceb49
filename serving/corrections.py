"""Write what readers corrected as a label table: `python -m serving.corrections FOLDER --to FILE`.

Beside the table stand the radiographs that it names, so that the folder that holds both is a data
set for the reader `table`. A radiograph of which readers said several things has what they said
last; a DICOM file brings its patient, whom the reader hashes, so that a split keeps patients whole.
"""

import csv
import json
import shutil
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError
from serving.kept import DATABASE, IMAGES, Kept

COLUMNS = ("file", "fractured", "boxes")
ENTRY = """\
{table}: {count} radiographs, {fractured} with a fracture; the images stand in {images}.
params.yaml reads them with dataset: table and, in datasets.table, root: {root},
labels: {labels} and columns.boxes: boxes
"""


def export(folder: Path, table: Path) -> int:
    """Write the label table and the radiographs that it names; return how many have a fracture.

    Args:
        folder: That the service keeps.
        table: The CSV file; `images` beside it takes the radiographs.

    Raises:
        PipelineError: Nothing is kept there, or nobody has corrected anything.
    """
    if not (folder / DATABASE).is_file():
        raise PipelineError(f"{folder} holds no {DATABASE}: name the folder given with --keep")
    corrected = Kept(folder).corrected()
    if not corrected:
        raise PipelineError(f"nobody has corrected a result in {folder}: do so on the page first")
    images = table.parent / IMAGES
    if images.resolve() == (folder / IMAGES).resolve():
        raise PipelineError(f"{table} would lie within {folder}: name another folder with --to")
    images.mkdir(parents=True, exist_ok=True)
    for file in corrected:
        shutil.copyfile(file, images / file.name)
    with replacing(table) as beside, beside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for file, said in corrected.items():
            boxes = json.dumps(said.boxes) if said.boxes else ""
            writer.writerow([f"{IMAGES}/{file.name}", int(said.fractured), boxes])
    fractured = sum(said.fractured for said in corrected.values())
    print(
        ENTRY.format(
            table=table, count=len(corrected), fractured=fractured, images=images,
            root=table.parent.resolve(), labels=table.name,
        ),
        end="",
    )  # fmt: skip
    return fractured


def main() -> None:
    """Read the command line and export."""
    parser = ArgumentParser(
        prog="python -m serving.corrections",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="given to the app with --keep")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="such as labels.csv")
    given = parser.parse_args()
    export(given.folder, given.to)


if __name__ == "__main__":
    try:
        main()
    except PipelineError as error:
        sys.exit(f"error: {error}")
