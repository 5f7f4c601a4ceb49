"""The pipeline: one file a DVC stage; `python -m stages.<stage>` runs it."""

from fracture.environment import use_environment

use_environment()
