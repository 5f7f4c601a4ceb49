"""Score radiographs that lie anywhere: `python -m serving.predict PATH [PATH ...]`."""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from fracture.artifacts import network, scores
from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError
from fracture.device import prepare
from fracture.inference.anywhere import Outcome, find_files, predict_files, together
from fracture.inference.home import Trained, load_networks
from fracture.params import section
from fracture.params.systems import system_named
from serving.calls import printed, tabulate_calls

DESCRIPTION = """\
Score radiographs that lie anywhere with a trained model: for each file the probability of a
fracture after temperature scaling, and the call at each operating point. Not for clinical use.
"""
EXAMPLES = """\
examples, from the folder that holds params.yaml:
  python -m serving.predict knee.png hand.dcm
  python -m serving.predict /data/radiographs --model densenet121 --to predictions.csv

JPEG, PNG, TIFF, BMP and DICOM are read. A file that cannot be read is named, with the reason, and
does not stop the others; the exit status is 1 if no file at all could be scored.
"""


def main(paths: list[Path], model: str | None, to: Path | None) -> None:
    """Print what a model says of each file, and write it to the CSV file `to`."""
    parameters = section.load()
    name = model or section.value_at(parameters, "model")
    chosen = system_named(parameters, name, "the model")
    files = find_files(paths)
    if not files:
        raise PipelineError(f"no file in {', '.join(map(str, paths))}: name radiographs or folders")
    known, seed = scores.read(name, chosen.scored_by), section.value_at(parameters, "seed")
    networks = load_networks(parameters, chosen, known)
    once = {each.folder: each for each in networks}
    outcomes = {folder: predict(each, files, seed) for folder, each in once.items()}
    outcome = together([outcomes[each.folder] for each in networks])
    for file, reason in outcome.unreadable.items():
        print(f"not scored, {reason}: {file}", file=sys.stderr)
    if not outcome.probabilities:
        raise PipelineError(f"none of {len(files)} files could be read as a radiograph")
    table = tabulate_calls(outcome.probabilities, name, known.images)
    print(printed(table))
    drawn = " (drawn radiographs: says nothing about patients)" if known.synthetic else ""
    print(f"{name}, trained on {known.dataset}{drawn}. Not for clinical use.")
    if to:
        with replacing(to) as beside:
            table.to_csv(beside, index=False, lineterminator="\n")
        print(f"written: {to}")


def predict(trained: Trained, files: list[Path], seed: int) -> Outcome:
    """Return what one network makes of the files; `seed` is that of the device."""
    prepare(trained.train.device, seed, threads=trained.train.threads)
    loaded = network.read(trained.folder)
    return predict_files(
        loaded, files, trained.variant, trained.train.batch_size, mirror=trained.mirror
    )


def arguments() -> Namespace:
    """Return `paths`, `model` and `to` (both None unless given) of the command line."""
    parser = ArgumentParser(
        prog="python -m serving.predict",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder")
    parser.add_argument("--model", metavar="NAME", help="a system, if not `model`")
    parser.add_argument("--to", type=Path, metavar="CSV", help="where to write the table too")
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    try:
        main(given.paths, given.model, given.to)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except FileNotFoundError as error:
        sys.exit(f"error: {error.filename or error} not found: run `dvc repro`")
    except KeyboardInterrupt:
        sys.exit("interrupted: nothing was written")
