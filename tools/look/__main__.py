"""Look at a folder of radiographs: say what is there, and propose the entry of params.yaml for it.

Nothing in the folder is changed. Five pictures of what would be read go into one PNG file.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from fracture.artifacts import preview, report
from fracture.console import PipelineError
from fracture.datasets.private import SALT, SHORTEST_SALT
from fracture.params.radiographs import Ingest
from fracture.params.section import PATH, load
from tools.look.entry import as_options, as_yaml, write
from tools.look.pictures import draw
from tools.look.proposals import doubts, propose
from tools.look.seen import describe, look_into
from tools.look.trial import attempt, needs_salt, told

RECIPES = "the recipe `demo` is made for drawn radiographs, `transfer` for real ones"
AFTER = f"then open {report.PAGE}, and score files: python -m serving.predict FILE"


def main(folder: Path, plot: Path, *, writing: bool) -> None:
    """Print what lies in a folder and how it can be read.

    Args:
        folder: Any folder.
        plot: Where the pictures go.
        writing: Whether to put the entry into params.yaml.

    Raises:
        PipelineError: There is no such folder, nothing in it, or no entry to be written; the
            pictures would go into the folder; params.yaml is not valid.
    """
    if plot.resolve().is_relative_to(folder.resolve()):
        raise PipelineError(f"{plot} lies in {folder}, which is not to be changed: set --plot")
    parameters = load()
    seen = look_into(folder)
    print("\n".join(describe(seen)))
    rules = Ingest.read(parameters, "ingest")
    trials = sorted(
        (attempt(proposal, rules) for proposal in propose(seen)),
        key=lambda trial: (not trial.usable, -len(trial.kept)),
    )
    if said := doubts(seen, [trial.proposal for trial in trials]):
        print("\n" + "\n".join(f"note: {line}" for line in said))
    if not trials:
        raise PipelineError(
            "nothing here tells which radiographs are fractured: expected a table with a column of "
            "files and one of labels, class folders, or a data set that the README names"
        )
    best, *others = trials
    print(f"\nproposed: dataset {best.proposal.dataset}")
    print("\n".join(f"  {reason}" for reason in best.proposal.reasons))
    print("\n".join(f"  {line}" for line in told(best)))
    for other in others:
        read_as = f"{len(other.kept)} radiographs" if not other.error else other.error
        print(f"another way: dataset {other.proposal.dataset}, {read_as}")
        print("\n".join(f"  {reason}" for reason in other.proposal.reasons))
    if not best.usable:
        raise PipelineError("this entry reads no radiographs of both classes: nothing is proposed")
    if draw(best, plot):
        print(f"\npictures: {plot}")
    print(f"\nentry of {PATH}:\n\n{as_yaml(best.proposal, parameters['model'])}")
    if needs_salt(best):
        print(
            f"ids are hashed: first export {SALT}=... (a private text of {SHORTEST_SALT} "
            "characters or more, the same in each run, never in git)\n"
        )
    if writing:
        write(best.proposal, parameters["model"])
        print(f"{PATH} has it now; next: dvc repro ({RECIPES}), {AFTER}")
        return
    command = " \\\n    ".join(["dvc exp run", *as_options(best.proposal, parameters)])
    print(
        f"put it there with --write, or by hand, then run `dvc repro` ({RECIPES}); or\n\n"
        f"{command}\n\n{AFTER}"
    )


def arguments() -> Namespace:
    """Return the folder and where pictures go."""
    parser = ArgumentParser(
        "python -m tools.look", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="with radiographs, at any depth")
    parser.add_argument(
        "--plot",
        type=Path,
        default=preview.PATH,
        help=f"where the pictures go (default {preview.PATH})",
    )
    parser.add_argument("--write", action="store_true", help=f"put the entry into {PATH}")
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    try:
        main(given.folder, given.plot, writing=given.write)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted: nothing was changed")
