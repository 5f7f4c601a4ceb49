"""Write the figures of a run as PDF or SVG, its tables as LaTeX and CSV, for a paper or a thesis.

    python -m tools.export FOLDER
    python -m tools.export FOLDER --format svg

Figures go to FOLDER/figures, as they lie in plots/: curves and charts drawn anew from what the
stages left, pictures of radiographs copied; what this run has nothing to show of is left out.
Tables are those of the report, in FOLDER/tables.
"""

import argparse
import csv
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from fracture.artifacts import (
    audit,
    comparison,
    curves,
    external,
    history,
    localisation,
    pictures,
    scores,
    systems,
    two_step,
)
from fracture.artifacts.atomic import replacing, write_text
from fracture.artifacts.systems import System
from fracture.console import PipelineError, progress
from fracture.judging.localisation import Localised
from fracture.judging.sample import by_seed, select_part
from fracture.params.evaluate import Audit, Evaluate
from fracture.params.run import chosen
from fracture.params.section import load
from fracture.presenting import comparison_pictures, evaluation_pictures
from fracture.presenting.audit import overview
from fracture.presenting.external import drops
from fracture.presenting.figures import Look, is_note, looks, save
from fracture.presenting.free_response import draw_free_response
from fracture.presenting.report.findings import gather
from fracture.presenting.report.render import tables_of
from fracture.presenting.training import draw_curves
from fracture.presenting.words import Table, latex_table, one_of

PLOTS = pictures.FOLDER.parent
SLUG = 50
"""Letters at most of a caption that go into the name of a table's file."""


def main(folder: Path, suffix: str) -> None:
    """Write figures and tables of the run in the working directory.

    Args:
        folder: Gets them; it may be there.
        suffix: Of the figures, a key of `METADATA` in fracture/presenting/figures.py.
    """
    parameters = load()
    found = gather(parameters)
    drawn = export_figures(parameters, found.winner.synthetic, folder / "figures", suffix)
    tables = tables_of(found)
    # A table in a paper stands without the report's heading.
    stamp = " (synthetic radiographs)" if found.winner.synthetic else ""
    for place, table in enumerate(tables, start=1):
        stamped = replace(table, caption=table.caption + stamp)
        export_table(stamped, folder / "tables" / f"{place:02}_{slug(table.caption)}")
    numbers = folder / "tables" / comparison.TABLE.name
    shutil.copyfile(comparison.TABLE, numbers)
    print(
        f"{folder}: {drawn} figures as {suffix[1:].upper()}, {len(tables)} tables as LaTeX and "
        f"CSV; all numbers of the comparison: {numbers}"
    )


def export_figures(parameters: dict[str, Any], synthetic: bool, folder: Path, suffix: str) -> int:
    """Draw what can be drawn without radiographs, copy the other pictures.

    Args:
        parameters: params.yaml, as read.
        synthetic: Whether the radiographs are drawn.
        folder: Gets the figures, by their paths below plots/.
        suffix: Of those that are drawn.

    Returns:
        How many were drawn.
    """
    drawn, empty = set(), set()
    for picture, figure in progress(of_run(parameters), None, "export", "figures"):
        if not figure.axes:
            empty.add(picture)  # a note
            continue
        save(figure, folder / picture.relative_to(PLOTS).with_suffix(suffix), synthetic)
        drawn.add(picture)
    for picture in sorted(set(PLOTS.glob("*/**/*.png")) - drawn - empty):
        if is_note(picture):
            continue
        with replacing(folder / picture.relative_to(PLOTS)) as beside:
            shutil.copyfile(picture, beside)
    return len(drawn)


def of_run(parameters: dict[str, Any]) -> Iterator[tuple[Path, Figure]]:
    """Yield the figures that show numbers, drawn anew, and where stages left them as pictures."""
    made, compared, elsewhere = systems.read(), comparison.read(), external.read()
    results, drawn = {name: scores.read(name) for name in made}, looks(made)
    of_all = comparison_pictures.draw(
        compared, results, made, two_step.read(), parameters["model"], curves.read
    )
    for name, figure in of_all.items():
        yield comparison.picture(name), figure
    section = Evaluate.read(parameters, "evaluate")
    for name, system in made.items():
        for which, figure in draw_system(system, section, drawn[name]).items():
            yield pictures.path(name, which), figure
        if summary := results[name].localisation:
            picture = pictures.path(name, pictures.FREE_RESPONSE)
            table = localisation.read_curve(picture.with_name(localisation.CURVE_FILE), "evaluate")
            yield picture, draw_free_response(Localised(summary, table), name)
    for name in chosen(parameters).models:
        yield pictures.path(name, "training"), draw_curves(history.read(history.path(name)), name)
        if (measured := localisation.read(name)).n:
            table = localisation.read_curve(localisation.curve_path(name), f"predict@{name}")
            title = name + one_of(parameters["training_seeds"])
            figure = draw_free_response(Localised(measured, table), title)
            yield pictures.path(name, "froc"), figure
    yield (
        audit.picture("overview"),
        overview(audit.read(), Audit.read(parameters, "audit").suspicious),
    )
    if elsewhere:
        ranked = [each for one in compared for each in one.ranking]
        yield external.PICTURE, drops(elsewhere, {name: results[name] for name in ranked}, drawn)


def draw_system(system: System, section: Evaluate, look: Look) -> dict[str, Figure]:
    """Draw the figures of a system from its predictions, scores and curves.

    Args:
        system: Of the run.
        section: Its operating points.
        look: How it is drawn.
    """
    name = system.name
    first = next(iter(by_seed(name, systems.read_predictions(name)).values()))
    test = select_part(first, "test", system.target.target.classes)
    return evaluation_pictures.draw(
        scores.read(name), section, test, partial(curves.read, name), look
    )


def export_table(table: Table, to: Path) -> None:
    """Write a table as LaTeX and as CSV.

    Args:
        table: Of the report.
        to: Its path without an ending.
    """
    write_text(to.with_suffix(".tex"), latex_table(table, to.name))
    with replacing(to.with_suffix(".csv")) as beside, beside.open("w", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([table.columns, *table.rows])


def slug(caption: str) -> str:
    """Return the first words of a caption as a name of a file."""
    words = re.findall(r"\w+", caption.lower().partition(";")[0])
    return textwrap.shorten(" ".join(words), SLUG, placeholder="").replace(" ", "_")


def arguments() -> argparse.Namespace:
    """Return the folder and the suffix that were asked for."""
    parser = argparse.ArgumentParser("python -m tools.export", description=__doc__)
    parser.add_argument("folder", type=Path, help="gets figures/ and tables/")
    parser.add_argument("--format", choices=("pdf", "svg"), default="pdf", help="of the figures")
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    try:
        main(given.folder, f".{given.format}")
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except FileNotFoundError as error:
        sys.exit(f"error: {error.filename} not found: a stage makes it; run `dvc repro`")
