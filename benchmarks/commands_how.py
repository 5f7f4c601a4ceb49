"""How `benchmarks.commands` runs a command: at which size, what has to come of it, or why not."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from shutil import which

BUNDLE, DRAWN, FRACATLAS = (
    "data/bundles/efficientnet_lite0",
    "data/raw/synthetic",
    "data/raw/FracAtlas",
)
TIMED_OUT = 124
"""The exit status of `timeout` where it ended what it started."""

PLACES = {
    "<folder of the radiographs>": FRACATLAS,
    "<folder with Keras' MobileNetV2 weights>": "~/.keras",
    "<MobileNetV2's weights>": "~/.keras",
    "<FracAtlas>": FRACATLAS,
    "<bundle>": BUNDLE,
    "<radiographs>": DRAWN,
    "--bundle <folder>": f"--bundle {BUNDLE}",
    "--to <folder>": "--to pages",
}
"""What the documents' words stand for in the clone, whose networks have random weights."""
SMALLER = {
    r"(tools\.download fracatlas)": r"\1 --to elsewhere/FracAtlas",
    r"(benchmarks\.calibration).*": r"\1 --repetitions 2 --draws 20",
    r"(benchmarks\.unsure).*": r"\1 --repeats 5",
    r"(benchmarks\.unlike .*)": r"\1 --count 4",
    r"(benchmarks\.serve .*)": r"\1 --count 2",
    r"(benchmarks\.serve_load .*)": r"\1 --clients 2 --seconds 10",
    r"(benchmarks\.preprocess .*)": r"\1 --repeats 1 --size 64",
    r"(benchmarks\.train (step|compiled)).*": (
        r"\1 --models mobilenet_v2 --repetitions 1 --steps 2 --batch 2 --size 64"
    ),
    r"(benchmarks\.fine_tuning).*": (
        r"\1 --models efficientnet_lite0 --repetitions 1 --steps 1 --batch 2 --size 64"
    ),
    r"(benchmarks\.planted_copies .*)": r"\1 --count 5",
    r"(dvc (metrics diff|exp apply)) NAME": r"\1 $(dvc exp list --name-only | head -n 1)",
}
"""What stands for a part of a command, so that it takes seconds, or is not there already."""
NOT_RUN = {
    r"make test|FUZZ=": "tests of the committed parameters; the clone has others",
    r"benchmarks\.(trial|compare_trials|disturbed|mark_share|variants|sheets|split_luck)": (
        "trains for hours, on FracAtlas, or reads what such trainings left"
    ),
    r"benchmarks\.train notebook": "trains for minutes, with MobileNetV2's weights",
    r"benchmarks\.growth": "runs the pipeline at several sizes, minutes each",
    r"benchmarks\.(edits|kills|faults)": "makes clones of its own and reruns them for an hour",
    r"benchmarks\.(gpu|devices)": "a GPU or several devices",
    r"benchmarks\.(backends|originals)": "PyTorch",
    r"benchmarks\.remote_mlflow": "PostgreSQL, and packages from a network",
    r"benchmarks\.commands": "this",
    r"benchmarks\.(mlflow_page|newcomer)": "a browser, a clone with a champion, a new clone",
    r"EXTRAS=": "a GPU",
    r"JOB_ADDRESSES=": "several machines",
    r"-S run=r\d": "ImageNet weights, from a network",
    r"\bdvc gc\b": "asks its user first",
    r"install\.sh|\bdocker\b": "another environment: minutes, or Docker",
}
"""Why a command that holds this is not run."""
PROGRAMS = {r"benchmarks\.dicom_answers": "dciodvfy"}
"""A program that a command needs and that may be missing."""
BROWSER = r"benchmarks\.page\b"
"""What drives a Chromium, with a package of the extra `browser`."""
WITHOUT_FRACATLAS = r"dataset=fracatlas|FracAtlas>?\b"
"""What is not run where the folder of FracAtlas is not given."""
REFUSED = {
    r"tools\.download": "error: FracAtlas v7 could not be downloaded",
    r"registry rollback$": "error: ",
    r"registry rollback \d": "error: ",
    r"serving\.corrections": "error: ",
}
"""What has to end in one line, and how that begins: without a network, a version, a correction."""
WRITTEN = (
    "params.yaml",
    "dvc.lock",
    "metrics",
    "plots",
    "predictions.csv",
    "paper",
    "answers",
    "pages",
)
"""What commands may change of what git sees."""
SERVES = r"make (mlflow|app)|mlflow models serve"
"""What runs until it is stopped."""
NO_NETWORK = dict.fromkeys(
    ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"], "http://[::1]:9"
)
ASKED = (
    "python -m serving.app & trap 'kill $!' EXIT; "
    "until curl -sfo /dev/null http://127.0.0.1:8000/healthz; "
    "do sleep 0.5; kill -0 $! || exit 1; done; "
)
"""Before a command that asks the service."""


@dataclass(frozen=True)
class Way:
    """How a command is run, and what has to come of it.

    Attributes:
        begins: Of the one line with which it has to end, with status 1; empty: it has to succeed.
        serves: Whether it runs until it is stopped.
        asks: Whether it asks the service, which is then started before.
        environment: Further variables.
    """

    begins: str = ""
    serves: bool = False
    asks: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    def around(self, text: str) -> str:
        """Return the command as a shell is given it.

        Args:
            text: The command.
        """
        return f"timeout 60 env {text}" if self.serves else ASKED * self.asks + text

    def fault(self, done: subprocess.CompletedProcess[str]) -> str:
        """Return what is wrong with how it ended; empty: nothing.

        Args:
            done: What it left.
        """
        if self.begins:
            said = done.stderr.strip().splitlines()
            clear = said and said[-1].startswith(self.begins) and "Traceback" not in done.stderr
            return "" if clear and done.returncode == 1 else f"no line that begins {self.begins!r}"
        if self.asks and '"probability"' not in done.stdout:
            return "no probability in the answer"
        expected = TIMED_OUT if self.serves else 0
        return "" if done.returncode == expected else f"exit status {done.returncode}"


def way_of(text: str) -> Way:
    """Return how a command is run.

    Args:
        text: The command.
    """
    begins = next((begins for what, begins in REFUSED.items() if re.search(what, text)), "")
    return Way(
        begins,
        serves=bool(re.search(SERVES, text)),
        asks=text.startswith("curl "),
        environment=NO_NETWORK if begins else {},
    )


def at_small_size(text: str) -> str:
    """Return what is run for a command: with names of the clone, and little to do.

    Args:
        text: The command.
    """
    for words, place in PLACES.items():
        text = text.replace(words, place)
    for what, smaller in SMALLER.items():
        text = re.sub(what, smaller, text)
    return text


def reason_not_to_run(text: str, fracatlas: bool = False) -> str:
    """Return why a command is not run; empty where it is.

    Args:
        text: The command.
        fracatlas: Whether the clone has radiographs of FracAtlas.
    """
    if not fracatlas and re.search(WITHOUT_FRACATLAS, text):
        return "FracAtlas: give it with --fracatlas"
    for what, program in PROGRAMS.items():
        if re.search(what, text) and which(program) is None:
            return f"{program}, which is not installed"
    if re.search(BROWSER, text) and not (find_spec("playwright") and which("chromium")):
        return "Chromium and Playwright, which are not installed"
    return next((why for what, why in NOT_RUN.items() if re.search(what, text)), "")
