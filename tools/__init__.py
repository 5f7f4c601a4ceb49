"""What a person runs by hand beside the pipeline."""

from fracture.environment import use_environment

use_environment()
