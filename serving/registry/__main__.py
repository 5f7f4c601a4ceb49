"""Register the headline system: `python -m serving.registry register`."""

import os
import sys
import warnings
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter

from fracture.console import PipelineError
from fracture.params import section
from fracture.params.systems import headline_target
from fracture.params.whole import Track
from fracture.tracking.location import Location, advice, quieten
from fracture.tracking.view import experiment_tags

DESCRIPTION = """\
Keep systems as versions of the registered model `bone-fracture` of MLflow. Its alias `champion`
moves to the headline system if that is better than the present champion, or not distinguishable
from it and cheaper, by the paired test on the same test radiographs, and if the loaded version
reproduces 20 recorded predictions to 1e-5. The reason stands on the version. A system that was
judged on another test split is not compared: with --force it becomes the champion all the same.
"""
EXAMPLES = """\
examples:
  python -m serving.registry register            # also: make register
  python -m serving.registry register --force    # whatever the comparison says
  python -m serving.registry list
  python -m serving.registry rollback            # to the champion before; or its number
"""


def main(given: Namespace) -> None:
    """Do what the command line asks for.

    Args:
        given: As `arguments` returns it.

    Raises:
        PipelineError: There is nothing to register, its bundle was changed, or MLflow cannot be
            reached.
    """
    parameters = section.load()
    settings, location = Track.read(parameters, "track"), Location.find(os.environ)
    tags = experiment_tags(headline_target(parameters))
    quieten()
    # Only now: MLflow reads those settings as it is imported, and takes seconds.
    try:
        with warnings.catch_warnings(action="ignore"):  # MLflow's, of itself
            from fracture.tracking.store import opened  # noqa: PLC0415
            from serving.registry.candidate import read_candidate  # noqa: PLC0415
            from serving.registry.versions import Registry  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise PipelineError(f"{error.name} is not installed: run `make env`") from None
    if given.act == "register":
        candidate = read_candidate(parameters)
    try:
        with opened(location, settings.experiment, tags) as store:
            registry = Registry(store)
            if given.act == "register":
                version, decision = registry.register(candidate, given.force)
                moves = "is the champion" if decision.moves else "is not the champion"
                print(f"version {version} {moves}: {decision.reason}")
            elif given.act == "rollback":
                print(f"version {registry.roll_back(given.version)} is the champion again")
            else:
                print(registry.table() or "no version yet: make one with `make register`")
    except PipelineError:
        raise
    except Exception as error:  # of whatever kind: MLflow's, its database's, the network's
        raise PipelineError(f"MLflow at {location}: {advice(error)}") from error


def arguments() -> Namespace:
    """Return `act`, and `force` or `version` where it takes one."""
    parser = ArgumentParser(
        prog="python -m serving.registry",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    acts = parser.add_subparsers(dest="act", required=True)
    register = acts.add_parser("register", help="make the headline system a version")
    register.add_argument(
        "--force", action="store_true", help="the champion whatever the comparison says"
    )
    rollback = acts.add_parser("rollback", help="make an earlier champion the champion again")
    rollback.add_argument("version", nargs="?", help="its number; else the one before")
    acts.add_parser("list", help="show all versions")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main(arguments())
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted: the champion is what it was")
