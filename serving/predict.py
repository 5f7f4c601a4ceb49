"""Score radiographs that lie anywhere: `python -m serving.predict PATH [PATH ...]`."""

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, log10
from pathlib import Path

import pandas as pd
from tabulate import tabulate

from fracture.artifacts import bundle as bundles
from fracture.artifacts.atomic import replacing
from fracture.artifacts.bundle import Bundle
from fracture.console import PipelineError
from fracture.device import prepare
from fracture.inference import Answer, Predictor, Refusal

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

JPEG, PNG, TIFF, BMP, WebP and DICOM are read. A file that cannot be read, or that the pipeline
would have left out, is named with the reason and does not stop the others: in the table that --to
writes its probability is empty and `note` holds the reason. The exit status is 0 if at least one
file was scored, else 1. A picture that looks unlike the radiographs of the training gets a note.
"""
WARNING = "not for clinical use"


def main(paths: Sequence[Path], folder: Path, to: Path | None) -> None:
    """Print what a system says of each file.

    Args:
        paths: Files and folders.
        folder: The bundle of the system.
        to: A CSV file to write the table to as well.

    Raises:
        PipelineError: There is no file, no bundle, or no file could be scored.
    """
    files = find_files(paths)
    if not files:
        raise PipelineError(f"no file in {', '.join(map(str, paths))}: name radiographs or folders")
    bundles.read(folder)  # before seconds are spent on loading Keras
    prepare("auto", seed=0)
    predictor = Predictor.load(folder)
    bundle = predictor.bundle
    answers = dict(zip(files, predictor.predict(files), strict=True))
    for file, answer in answers.items():
        if isinstance(answer, Refusal):
            print(f"{refused(answer)}: {file}", file=sys.stderr)
        elif answer.note:
            print(f"note, {answer.note}: {file}", file=sys.stderr)
    if all(isinstance(answer, Refusal) for answer in answers.values()):
        raise PipelineError(f"none of {len(files)} files could be read as a radiograph")
    table = tabulate_answers(answers, bundle)
    scored = table.dropna(subset="probability")
    print(as_text(scored, bundle))
    if len(scored) < len(table):
        print(f"{len(table) - len(scored)} of {len(table)} files were not scored: see above")
    drawn = " (drawn radiographs: says nothing about patients)" if bundle.dataset.synthetic else ""
    print(f"{bundle.system}, trained on {bundle.dataset.name}{drawn}. Not for clinical use.")
    if to:
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


def refused(answer: Refusal) -> str:
    """Return in a few words that a file got no answer, and why."""
    return f"not scored, {answer.reason}"


def tabulate_answers(answers: Mapping[Path, Answer | Refusal], bundle: Bundle) -> pd.DataFrame:
    """Return one row for each file: `file`, `model`, `probability`, `call_<point>`, `note`.

    Of more than two classes, `class` and `probability_<class>` stand in place of the calls; what
    the router of a route says follows as `router` and `router_<class>`. Of a file that was refused,
    `note` holds the reason, and no answer stands there.

    Args:
        answers: By file; at least one is no refusal.
        bundle: Of the system that gave them.
    """
    rows = {
        file: _answered(answer, bundle)
        for file, answer in answers.items()
        if isinstance(answer, Answer)
    }
    columns = list(next(iter(rows.values())))
    for file, answer in answers.items():
        if isinstance(answer, Refusal):
            rows[file] = {"model": bundle.system, "note": refused(answer)}
    names = [os.fsencode(file).decode("utf-8", "backslashreplace") for file in answers]
    table = pd.DataFrame([rows[file] for file in answers], columns=columns)
    table.insert(0, "file", names)
    return table


def _answered(answer: Answer, bundle: Bundle) -> dict[str, str | float]:
    classes = bundle.target.classes
    return {
        "model": bundle.system,
        "probability": round(answer.probability, 6),
        **{f"call_{point}": classes[call] for point, call in answer.calls.items()},
        **({} if answer.calls else _each_class("class", "probability", answer.probabilities)),
        **_each_class("router", "router", answer.routed),
        "note": "; ".join(filter(None, (WARNING, answer.note))),
    }


def _each_class(best: str, prefix: str, given: Mapping[str, float]) -> dict[str, str | float]:
    """Return the most probable class and the probability of each, nothing where there is none."""
    each = {f"{prefix}_{name}": round(probability, 6) for name, probability in given.items()}
    return {best: max(given, key=lambda name: given[name]), **each} if given else {}


def as_text(table: pd.DataFrame, bundle: Bundle) -> str:
    """Return the columns in which the rows of `tabulate_answers` differ, as people read them.

    Beside the name of an operating point stands the probability from which on it calls. A star
    leads from a probability to its note below the table.

    Args:
        table: As `tabulate_answers` returns it, without files that were refused.
        bundle: Of the system that gave the answers.
    """
    thresholds = bundle.shown_thresholds
    shown = digits(table["probability"], list(thresholds.values()))
    # How sure it is of each class stands in the file that is written.
    each_class = table.filter(regex="^(probability|router)_").columns
    columns = table.drop(columns=["model", "note", *each_class])
    notes = [note.removeprefix(WARNING).removeprefix("; ") for note in table["note"]]
    stars = {note: "*" * place for place, note in enumerate(dict.fromkeys(filter(None, notes)), 1)}
    columns["probability"] = [
        f"{probability:.{shown}f} {stars.get(note, '')}".rstrip()
        for probability, note in zip(table["probability"], notes, strict=True)
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
    """Return `paths`, `system`, `bundle` and `to` (all but `paths` None unless given)."""
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
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    try:
        main(given.paths, given.bundle or bundles.find(given.system), given.to)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted: nothing was written")
