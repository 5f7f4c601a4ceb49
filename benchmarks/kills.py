"""Kill a training at random moments and go on each time: are the final weights the same bytes?

    python -m benchmarks.kills --model mobilenet --kills 20

It copies the working tree with its data to a temporary folder, trains there once without an
interruption and once with, and compares the SHA-256 of network and history.
"""

import argparse
import hashlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


def main() -> None:
    """Print each kill, then both digests; exit with status 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="mobilenet", help="a key of models in params.yaml")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)  # noqa: S311 - no secret

    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(
            ".", tree, symlinks=True, ignore=shutil.ignore_patterns(".venv", ".git", "mlartifacts")
        )
        begun = time.monotonic()
        if train(tree, arguments.model).wait():
            sys.exit(f"error: `python -m stages.train {arguments.model}` fails without a kill")
        whole = time.monotonic() - begun
        expected = digest(tree, arguments.model)
        print(f"without an interruption: {whole:.0f} s, {expected}", flush=True)

        shutil.rmtree(tree / "data/models" / arguments.model)
        kills, ended = 0, False
        while not ended:
            process = train(tree, arguments.model)
            # Soon, so that many fit into one training; the last run is left to end by itself.
            moment = draw.uniform(0.05, 0.2) * whole if kills < arguments.kills else 10 * whole
            try:
                ended = process.wait(moment) == 0
            except subprocess.TimeoutExpired:
                sent = SIGNALS[kills % len(SIGNALS)]
                process.send_signal(sent)
                process.wait()
                kills += 1
                print(f"kill {kills}: {sent.name} after {moment:.1f} s", flush=True)
        found = digest(tree, arguments.model)
    print(f"after {kills} kills: {found}")
    sys.exit(found != expected)


def train(tree: Path, model: str) -> "subprocess.Popen[bytes]":
    """Start a training."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "stages.train", model],
        cwd=tree,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def digest(tree: Path, model: str) -> str:
    """Return the SHA-256 of a model's network and history."""
    whole = hashlib.sha256()
    folders = [tree / "data/models" / model, tree / "plots/systems" / model]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        if path.suffix in {".h5", ".json", ".csv"}:
            whole.update(path.read_bytes())
    return whole.hexdigest()


if __name__ == "__main__":
    main()
