"""Run a stage of one model, `python -m stages train <model>`, or pass over it where no run has it.

Most models of params.yaml are no part of a run. Each has its stages all the same: DVC cannot loop
over a list that depends on the recipe. Importing what a stage needs would take a second for each.
"""

import sys
from argparse import ArgumentParser
from runpy import run_module

from fracture.artifacts import asked


def main() -> None:
    """Do what the command line says."""
    parser = ArgumentParser(prog="python -m stages", description=(__doc__ or "").partition(",")[0])
    parser.add_argument("stage", choices=asked.LEAVES)
    parser.add_argument("model", help="a key of models in params.yaml")
    given = parser.parse_args()
    if not asked.is_asked_for(given.model):
        asked.pass_over(given.stage, given.model)
        return
    sys.argv = [f"stages.{given.stage}", given.model]
    run_module(f"stages.{given.stage}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
