"""Look at a folder of radiographs: say what is there, and propose the entry of params.yaml for it.

Nothing in the folder is changed. Five pictures of what would be read go into one PNG file.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from fracture.artifacts import preview, report
from fracture.console import PipelineError
from fracture.datasets.private import SALT, SHORTEST_SALT
from fracture.params.overrides import command
from fracture.params.radiographs import Ingest
from fracture.params.section import PATH, load
from tools.look.doubts import doubts
from tools.look.entry import as_options, as_yaml, write
from tools.look.pictures import draw
from tools.look.proposals import present, propose
from tools.look.seen import Seen, describe, look_into
from tools.look.trial import Trial, attempt, needs_salt, told
from tools.look.words import NOTHING_GIVEN, Given

RECIPES = "the recipe `demo` is made for drawn radiographs, `transfer` for real ones"
STANDING = f"as {PATH} has it"
UNTOLD = "nothing here tells which radiographs are fractured:"
EXPECTED = (
    "expected a table with a column of files and one of labels, class folders, or a data set that "
    "the README names"
)
AFTER = f"then open {report.PAGE}, and score files: python -m serving.predict FILE"


def main(folder: Path, plot: Path, given: Given = NOTHING_GIVEN, *, writing: bool) -> None:
    """Print what lies in a folder and how it can be read.

    Args:
        folder: Any folder.
        plot: Where the pictures go.
        given: What the user says of labels and names of folders.
        writing: Whether to put the entry into params.yaml.

    Raises:
        PipelineError: There is no such folder, nothing in it, or no entry to be written; a word
            that is given stands nowhere; the pictures would go into the folder; params.yaml is not
            valid.
    """
    if plot.resolve().is_relative_to(folder.resolve()):
        raise PipelineError(f"{plot} lies in {folder}, which is not to be changed: set --plot")
    if both := given.both:
        raise PipelineError(f"{', '.join(both)} stands in --positive and --negative: drop one")
    parameters = load()
    seen = look_into(folder)
    print("\n".join(describe(seen)))
    best, *others = trials_of(seen, given, parameters)
    standing = best.proposal.stands
    print(f"\n{STANDING if standing else 'proposed'}: dataset {best.proposal.dataset}")
    print("\n".join(f"  {line}" for line in (*best.proposal.reasons, *told(best))))
    for other in others:
        read_as = f"{len(other.kept)} radiographs" if not other.error else other.error
        print(f"another way: dataset {other.proposal.dataset}, {read_as}")
        print("".join(f"  {reason}\n" for reason in other.proposal.reasons), end="")
    if not best.usable:
        raise PipelineError("this entry reads no radiographs of both classes: nothing is proposed")
    section = best.proposal.section
    known = [*section.get("positive", []), *section.get("negative", [])]
    if strangers := given.strangers(known):
        raise PipelineError(
            f"no label or class folder that was found is called {', '.join(strangers)}; expected "
            f"of {', '.join(known) or 'this data set no such words'}: mend --positive or --negative"
        )
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
    if writing or (standing and parameters["dataset"] == best.proposal.dataset):
        print(f"{PATH} has it now: commit it; next: make repro ({RECIPES}), {AFTER}")
        return
    print(
        f"put it there with --write, or by hand, then run `dvc repro` ({RECIPES}); or\n\n"
        f"{command(as_options(best.proposal, parameters))}\n\n{AFTER}"
    )


def trials_of(seen: Seen, given: Given, parameters: dict[str, Any]) -> list[Trial]:
    """Return what readers make of a folder, the best first; print what stands in their way.

    An entry of params.yaml whose root is the folder comes first, where no proposal reads more. A
    user who says what words mean wants another one.

    Args:
        seen: The folder.
        given: What the user says of labels and names of folders.
        parameters: params.yaml.

    Raises:
        PipelineError: Nothing tells which radiographs are fractured.
    """
    rules = Ingest.read(parameters, "ingest")
    entries = [] if given != NOTHING_GIVEN else present(seen, parameters)
    trials = []
    for trial in (attempt(entry, rules) for entry in entries):
        if trial.usable:
            trials.append(trial)
        else:
            print(f"\n{STANDING}: dataset {trial.proposal.dataset}")
            print("\n".join(f"  {line}" for line in (*trial.proposal.reasons, *told(trial))))
    sections = [trial.proposal.section for trial in trials]
    trials += [
        attempt(proposal, rules)
        for proposal in propose(seen, given)
        if not any(section | proposal.section == section for section in sections)
    ]
    trials.sort(key=lambda trial: (not trial.usable, -len(trial.kept)))
    said = doubts(seen, [trial.proposal for trial in trials], given)
    if not trials:
        raise PipelineError("\n".join([UNTOLD, *(said or [EXPECTED])]))
    if said:
        print("\n" + "\n".join(f"note: {line}" for line in said))
    return trials


def arguments() -> Namespace:
    """Return the folder, where pictures go, and what words mean."""
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
    for option, meant in (("--positive", "fractured"), ("--negative", "not fractured")):
        parser.add_argument(
            option, nargs="+", action="extend", default=[], metavar="WORD",
            help=f"labels of a table, or names of class folders, that mean {meant}",
        )  # fmt: skip
    parser.add_argument("--write", action="store_true", help=f"put the entry into {PATH}")
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    try:
        words = Given(tuple(given.positive), tuple(given.negative))
        main(given.folder, given.plot, words, writing=given.write)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted: nothing was changed")
