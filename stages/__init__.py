"""The pipeline: one file a DVC stage; `python -m stages.<stage>` runs it."""

import os

from fracture.environment import use_environment

use_environment()

if "DVC_STAGE" in os.environ:
    from fracture.console import end_with_parent

    # Before a stage imports what it needs: that takes seconds, in which DVC may be killed.
    end_with_parent()
