"""Sheets of every figure with 2, 5 and 20 systems, and with names of 3 and of 30 letters.

    python -m benchmarks.figures --to sheets

The figures are drawn from the data of `tests/presenting/drawn.py`, which hold them against each
other's texts; the sheets are for eyes.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from fracture.presenting.figures import save
from tests.presenting import drawn

SYSTEMS, LETTERS, CLASSES = (2, 5, 20), (3, 30), (3, 12)
COLUMNS, WIDTH, GAP = 2, 1100, 12
"""Of a sheet: figures side by side; pixels of each at most, and between them."""


def main() -> None:
    """Write each figure, and a sheet of those that belong together."""
    options = argparse.ArgumentParser("figures", description=__doc__)
    options.add_argument("--to", type=Path, default=Path("sheets"), help="folder of the pictures")
    folder = options.parse_args().to
    with TemporaryDirectory() as data:
        groups = {f"{n}_systems_{m}_letters": drawn.of_all(n, m) for n in SYSTEMS for m in LETTERS}
        groups |= {f"one_system_{m}_letters": drawn.of_one(m) for m in LETTERS}
        groups |= {
            f"{n}_classes_{m}_letters": drawn.of_classes(n, m) for n in CLASSES for m in LETTERS
        }
        groups["data"] = drawn.of_data(Path(data))
        for name, figures in groups.items():
            paths = []
            for figure, draw in figures.items():
                paths.append(folder / name / f"{figure}.png")
                save(draw(), paths[-1], synthetic=True)
            sheet(paths).save(folder / f"{name}.png")
            print(f"{folder / name}.png: {', '.join(figures)}")


def sheet(paths: list[Path]) -> Image.Image:
    """Return pictures side by side, each scaled down to its column."""
    pictures = []
    for path in paths:
        with Image.open(path) as one:
            picture = one.convert("RGB")
        picture.thumbnail((WIDTH, 10 * WIDTH))
        pictures.append(picture)
    rows = [pictures[start : start + COLUMNS] for start in range(0, len(pictures), COLUMNS)]
    heights = [max(picture.height for picture in row) + GAP for row in rows]
    whole = Image.new("RGB", (COLUMNS * (WIDTH + GAP), sum(heights)), "grey")
    for place, row in enumerate(rows):
        for column, picture in enumerate(row):
            whole.paste(picture, (column * (WIDTH + GAP), sum(heights[:place])))
    return whole


if __name__ == "__main__":
    main()
