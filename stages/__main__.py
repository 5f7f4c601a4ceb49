"""Run the stage of one model or variant that DVC started, or pass over a model that no run has.

DVC pastes a key of params.yaml into a command as it stands, and a shell would run what is in it. So
no command of dvc.yaml holds a key: stage and key are taken from DVC_STAGE, where DVC writes them,
such as `train@densenet121`. By hand, `python -m stages.train densenet121` does the same.

Most models of params.yaml are no part of a run. Each has its stages all the same: DVC cannot loop
over a list that depends on the recipe. Importing what a stage needs would take a second for each.
"""

import os
import re
import sys
from runpy import run_module

from fracture.artifacts import asked
from fracture.texts import PLAIN_NAME

# Where DVC was started in a folder of the project, the path of dvc.yaml stands before.
STARTED = re.compile(rf"([./]*dvc\.yaml:)?(?P<stage>\w+)@(?P<name>{PLAIN_NAME.pattern})")


def main() -> None:
    """Run the stage that DVC_STAGE names."""
    given = os.environ.get("DVC_STAGE", "")
    started = STARTED.fullmatch(given)
    if not started:
        sys.exit(
            f"error: DVC_STAGE is {given!r}; expected a stage and a key of params.yaml of letters, "
            "digits, _ and -, such as train@densenet121: rename the key in params.yaml, or, by "
            "hand, run python -m stages.train densenet121"
        )
    stage, name = started["stage"], started["name"]
    if stage in asked.LEAVES and not asked.is_asked_for(name):
        asked.pass_over(stage, name)
        return
    sys.argv = [f"stages.{stage}", name]
    run_module(f"stages.{stage}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
