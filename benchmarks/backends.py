"""The same weights and radiographs under TensorFlow, JAX and PyTorch, on the CPU.

One backend draws random weights, all load them; compared are probabilities and the losses of two
steps of training. PyTorch, which the project does not need, lives in an environment of its own:

    uv venv ../torch
    uv pip install --python ../torch/bin/python torch keras h5py pydantic ruamel-yaml tqdm
    python -m benchmarks.backends --torch ../torch/bin/python
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from benchmarks.command_line import parser_of

ROOT = Path(__file__).parents[1]
TOLERANCE = 1e-4
"""Of the largest difference of probabilities and of losses."""

# By the key of `models` in params.yaml: height and width of the radiographs, pixels, and a learning
# rate at which a step changes the loss by some hundredths: random weights have large gradients.
CASES = {"deepconvnet": (32, 1e-3), "mobilenet_v2": (64, 1e-7)}

Outputs = Mapping[str, npt.NDArray[np.floating]]


def compute(python: str, backend: str, folder: Path) -> dict[str, Outputs]:
    """Return `probabilities` (n, 1) and `losses` (steps,) of each of `CASES` under a backend.

    Args:
        python: The interpreter of an environment that has the backend.
        backend: As KERAS_BACKEND names it.
        folder: Of the weights, drawn where there are none.
    """
    command = [python, "-m", "benchmarks.backend_outputs", json.dumps(CASES), str(folder)]
    environment = os.environ | {"KERAS_BACKEND": backend}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)  # noqa: S603
    found: dict[str, Outputs] = {}
    for name in CASES:
        with np.load(folder / name / f"{backend}.npz") as file:
            found[name] = dict(file)
    return found


def difference(one: Outputs, other: Outputs) -> tuple[float, float]:
    """Return the largest differences of probabilities and of losses."""
    first, second = (
        float(np.abs(one[key] - other[key]).max()) for key in ("probabilities", "losses")
    )
    return first, second


def main(torch: str | None) -> None:
    """Print the differences between each two backends; end with status 1 if one is too large."""
    pythons = {"tensorflow": sys.executable, "jax": sys.executable}
    if torch:
        pythons["torch"] = torch
    print(f"{'largest difference':40}{'probability':>14}{'loss':>12}")
    worst = 0.0
    with TemporaryDirectory() as folder:
        outputs = {
            backend: compute(python, backend, Path(folder)) for backend, python in pythons.items()
        }
    for name in CASES:
        for one, other in combinations(outputs, 2):
            of_probability, of_loss = difference(outputs[one][name], outputs[other][name])
            pair = f"{name}: {one}, {other}"
            print(f"{pair:40}{of_probability:14.1e}{of_loss:12.1e}", flush=True)
            worst = max(worst, of_probability, of_loss)
    if worst > TOLERANCE:
        sys.exit(f"error: {worst:.1e} is more than {TOLERANCE:.0e}")


if __name__ == "__main__":
    parser = parser_of("backends", __doc__)
    parser.add_argument("--torch", help="the interpreter of an environment that has PyTorch")
    main(parser.parse_args().torch)
