"""Run a stage of one model, `python -m stages train <model>`, or pass over it where no run has it.

Most models of params.yaml are no part of a run. Each has its stages all the same: DVC cannot loop
over a list that depends on the recipe. Importing what a stage needs would take a second for each.
"""

import sys
from runpy import run_module

from fracture.artifacts import asked


def main() -> None:
    """Do what the command line says."""
    stage, model = sys.argv[1:]
    if not asked.is_asked_for(model):
        asked.pass_over(stage, model)
        return
    sys.argv = [f"stages.{stage}", model]
    run_module(f"stages.{stage}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
