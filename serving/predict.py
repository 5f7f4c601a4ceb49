"""Score radiographs that lie anywhere: `python -m serving.predict PATH [PATH ...]`."""

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from math import ceil, log10
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image
from tabulate import tabulate

from fracture.artifacts import bundle as bundles
from fracture.artifacts.atomic import replacing, write_json
from fracture.artifacts.bundle import Bundle
from fracture.console import PipelineError
from fracture.inference import Answer, Predictor, Refusal
from fracture.inference.heat import overlay
from serving.answers import (
    WARNING,
    describe,
    radiograph_rows,
    refused,
    similar_to,
    studies_of,
    study_rows,
)

DESCRIPTION = """\
Score radiographs that lie anywhere with a trained system: for each file the probability of a
fracture after temperature scaling, and the call at each operating point; of a system that predicts
more than two classes, the most probable one and the probability of each. Not for clinical use.
"""
EXAMPLES = """\
examples:
  python -m serving.predict knee.png hand.dcm
  python -m serving.predict /data/radiographs --system densenet121 --to predictions.csv
  python -m serving.predict /data/radiographs --bundle /elsewhere/densenet121
  python -m serving.predict /data/radiographs --json answers.json --heatmaps overlays
  python -m serving.predict /data/studies --dicom answers

JPEG, PNG, TIFF, BMP, WebP and DICOM are read. A file that cannot be read, or that the pipeline
would have left out, is named with the reason and does not stop the others: in the table that --to
writes its probability is empty and `note` holds the reason. The exit status is 0 if at least one
file was scored, else 1. A picture that looks unlike the radiographs of the training gets a note, is
unsure whatever its probability, and its body part is not told.
"""
AT_ONCE = 64
"""Radiographs whose heat memory holds at a time."""


@dataclass(frozen=True)
class Outputs:
    """What is written beside what is printed; None: not.

    Attributes:
        table: A CSV file, a row for each radiograph.
        studies: A CSV file, a row for each study.
        json: Both, and what the system is.
        heatmaps: A folder of pictures: each radiograph under its heat.
        dicom: A folder with a folder for each study: a report, and each radiograph with its heat.
    """

    table: Path | None = None
    studies: Path | None = None
    json: Path | None = None
    heatmaps: Path | None = None
    dicom: Path | None = None


def main(paths: Sequence[Path], folder: Path, to: Outputs) -> None:
    """Print what a system says of each file.

    Args:
        paths: Files and folders.
        folder: The bundle of the system.
        to: What is written as well.

    Raises:
        PipelineError: There is no file, no bundle, or no file could be scored.
    """
    files = find_files(paths)
    if not files:
        raise PipelineError(f"no file in {', '.join(map(str, paths))}: name radiographs or folders")
    if to.dicom:
        dicom_writers()
    predictor = Predictor.load(folder)
    bundle = predictor.bundle
    answers = [*score(predictor, files, to)]
    remark(files, answers)
    if to.dicom:
        now = datetime.now().astimezone()
        left = dicom_writers().write_reports(files, answers, bundle, to.dicom, now)
        for file, reason in left.items():
            print(f"note, in no DICOM report, as {reason}: {file}", file=sys.stderr)
    names = [os.fsencode(file).decode("utf-8", "backslashreplace") for file in files]
    rows = radiograph_rows(names, answers, bundle)
    table = pd.DataFrame(rows)
    scored = table.dropna(subset="probability")
    print(as_text(scored, bundle))
    if len(scored) < len(table):
        print(f"{len(table) - len(scored)} of {len(table)} files were not scored: see above")
    drawn = " (drawn radiographs: says nothing about patients)" if bundle.dataset.synthetic else ""
    print(f"{bundle.system}, trained on {bundle.dataset.name}{drawn}. Not for clinical use.")
    if to.table:
        write_table(table, to.table)
    of_studies = study_rows(studies_of(files, names), answers, bundle)
    if to.studies:
        write_table(pd.DataFrame(of_studies), to.studies)
    if to.json:
        similar = [similar_to(answer) for answer in answers]
        told = {"radiographs": rows, "similar": similar, "studies": of_studies}
        write_json(to.json, describe(bundle) | told)


def remark(files: Sequence[Path], answers: Sequence[Answer | Refusal]) -> None:
    """Print which files got no answer, or one that should be doubted.

    Args:
        files: Of n radiographs.
        answers: In the same order.

    Raises:
        PipelineError: None got an answer.
    """
    for file, answer in zip(files, answers, strict=True):
        if isinstance(answer, Refusal):
            print(f"{refused(answer)}: {file}", file=sys.stderr)
        elif answer.notes:
            print(f"note, {'; '.join(answer.notes)}: {file}", file=sys.stderr)
    if all(isinstance(answer, Refusal) for answer in answers):
        raise PipelineError(f"none of {len(files)} files could be read as a radiograph")


def score(predictor: Predictor, files: Sequence[Path], to: Outputs) -> Iterator[Answer | Refusal]:
    """Yield what a system says of each file, in order; write each under its heat where asked.

    Args:
        predictor: The system.
        files: Of n radiographs.
        to: In the folder `heatmaps` pictures are called `<number>-<name>.png`, numbered as the
            files are.
    """
    if to.heatmaps is None and to.dicom is None:
        yield from predictor.predict(files)
        return
    for start in range(0, len(files), AT_ONCE):
        some = files[start : start + AT_ONCE]
        for number, answer in enumerate(predictor.predict(some, heat=True), start + 1):
            if isinstance(answer, Refusal) or answer.heat is None:
                yield answer
                continue
            file = files[number - 1]
            if to.heatmaps:
                name = f"{number:0{len(str(len(files)))}}-{file.stem}.png"
                with replacing(to.heatmaps / name) as beside:
                    Image.fromarray(overlay(answer.heat)).save(beside, "PNG")
            if to.dicom:
                dicom_writers().write_picture(file, answer, predictor.bundle, to.dicom)
            yield replace(answer, heat=None)


def dicom_writers() -> Any:
    """Return the package serving.dicom, which alone here needs an extra.

    Raises:
        PipelineError: It is not installed.
    """
    try:
        return import_module("serving.dicom")
    except ModuleNotFoundError as error:
        raise PipelineError(
            f"--dicom needs {error.name}, which is not installed: run `make .venv/.serving`, or "
            "elsewhere `pip install '.[serving]'`"
        ) from None


def write_table(table: pd.DataFrame, to: Path) -> None:
    """Write a table as CSV, whole or not at all."""
    with replacing(to) as beside:
        table.to_csv(beside, index=False, lineterminator="\n")


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return files as given and those in folders, however deep, by name; each once.

    What begins with a dot, as systems and editors leave it behind, is passed over in folders. A
    path that does not exist is returned as it is: reading it tells.
    """
    return list(dict.fromkeys(file for path in paths for file in _files(path)))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        hidden = any(name.startswith(".") for name in file.relative_to(path).parts)
        if not hidden and not file.is_dir():
            yield file


def as_text(table: pd.DataFrame, bundle: Bundle) -> str:
    """Return the columns in which the rows of `radiograph_rows` differ, as people read them.

    Beside the name of an operating point stands the probability from which on it calls. A star
    leads from a probability to its note below the table.

    Args:
        table: The rows of `radiograph_rows`, without files that were refused.
        bundle: Of the system that gave the answers.
    """
    thresholds, unsure = bundle.shown_thresholds, bundle.shown_unsure
    ends = [unsure.low, unsure.high] if unsure else []
    shown = digits(table["probability"], [*thresholds.values(), *ends])
    # How sure it is of each class stands in the file that is written.
    each_class = table.filter(regex="^(probability|router|body_part)_").columns
    dropped = ["model", "note", *([] if unsure else ["verdict"]), *each_class]
    columns = table.drop(columns=dropped, errors="ignore")
    notes = [note.removeprefix(WARNING).removeprefix("; ") for note in table["note"]]
    stars = {note: "*" * place for place, note in enumerate(dict.fromkeys(filter(None, notes)), 1)}
    columns["probability"] = [
        f"{probability:.{shown}f} {stars.get(note, '')}".rstrip()
        for probability, note in zip(table["probability"], notes, strict=True)
    ]
    for name in columns.columns.intersection(["router", "body_part"]):
        columns[name] = [
            "not told" if pd.isna(row[name]) else f"{row[name]} {row[f'{name}_{row[name]}']:.2f}"
            for _, row in table.iterrows()
        ]
    headers = [
        f"{name} (from {thresholds[name]:.{shown}f})" if name in thresholds else name
        for name in (str(column).removeprefix("call_") for column in columns)
    ]
    rows = columns.to_numpy().tolist()
    text = tabulate(rows, headers=headers, tablefmt="plain", disable_numparse=True)
    return "\n".join([text, *(f"{star} {note}" for note, star in stars.items())])


def digits(probabilities: Iterable[float], thresholds: Sequence[float]) -> int:
    """Return how many digits tell each probability from each threshold: three to six."""
    apart = [abs(each - threshold) for each in probabilities for threshold in thresholds]
    least = min(filter(None, apart), default=1)
    return min(max(ceil(-log10(least)), 3), 6)


def arguments() -> Namespace:
    """Return `paths`, and what else was given; all but `paths` is None unless it was."""
    parser = ArgumentParser(
        prog="python -m serving.predict",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--system", metavar="NAME", help="of which there is a bundle; else the headline system"
    )
    which.add_argument("--bundle", type=Path, metavar="FOLDER", help="a bundle that lies elsewhere")
    parser.add_argument("--to", type=Path, metavar="CSV", help="where to write the table as well")
    parser.add_argument(
        "--studies", type=Path, metavar="CSV", help="where to write a table with a row for a study"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="where to write both, and what the system is"
    )
    parser.add_argument(
        "--heatmaps", type=Path, metavar="FOLDER",
        help="where to put each radiograph under the heat that shows where the system sees it",
    )  # fmt: skip
    parser.add_argument(
        "--dicom", type=Path, metavar="FOLDER",
        help="where to put a DICOM report of each study, and each of its radiographs with its heat",
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    try:
        outputs = Outputs(given.to, given.studies, given.json, given.heatmaps, given.dicom)
        main(given.paths, given.bundle or bundles.find(given.system), outputs)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted: nothing was written")
