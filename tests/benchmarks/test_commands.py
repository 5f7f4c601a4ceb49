"""Commands of the documents: what they name is there. `benchmarks.commands` runs them."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks.commands import DOCUMENTS, Command, commands, parse, refused, text_of
from benchmarks.commands_how import at_small_size, reason_not_to_run, way_of
from tests.conftest import ROOT

TEXTS = {name: text_of(name) for name in DOCUMENTS}
COMMANDS = list(commands())
MODULES = sorted(
    {module for text in TEXTS.values() for module in re.findall(r"python -m ([a-z_.]+\w)", text)}
)
WORDS = {"training", "a", "it", "more", "one"}
"""What follows `make` in sentences."""


def keys_of(command: Command) -> list[str]:
    """Return the keys of params.yaml that a command sets, those that it adds left out."""
    parts = shlex.split(re.sub("<[^>]*>", "named", command.text))
    given = [parts[place + 1] for place, part in enumerate(parts) if part == "-S"]
    return [each.partition("=")[0] for each in given if not each.startswith("+")]


def paths_in(parameters: dict[str, Any], above: str = "") -> Iterator[str]:
    """Yield the path of each key of params.yaml, such as `split.given`."""
    for key, value in parameters.items():
        yield f"{above}{key}"
        if isinstance(value, dict):
            yield from paths_in(value, f"{above}{key}.")


def test_the_documents_hold_commands() -> None:
    texts = [command.text for command in COMMANDS]
    assert {"docs/data.md", "docs/running.md", "docs/benchmarks.md", "docs/tour.ipynb"} < {
        *DOCUMENTS
    }
    assert {"make repro", "make test", "dvc metrics diff", "dvc repro"} <= {*texts}
    back = [command for command in COMMANDS if command.text.startswith("git reset -q && ")]
    assert {command.document for command in back} == {"README.md", "docs/tour.ipynb"}
    assert len({command.text for command in back}) == 1  # the same in both
    # It drops edits of params.yaml: whoever pastes a whole block of experiments must not meet it.
    alone = [command.block for command in COMMANDS if command.document == "README.md"]
    assert alone.count(next(each.block for each in back if each.document == "README.md")) == 1
    assert "dvc exp run -S model=two_step" in texts  # without its comment
    joined = [text for text in texts if text.endswith("python -m stages.train resnet50")]
    assert joined[0].startswith("KERAS_BACKEND=jax KERAS_DISTRIBUTION_JOB_ADDRESSES=")
    assert any(text.startswith("KERAS_HOME=<folder with Keras' Mob") for text in texts)
    # In sentences, over the end of a line too; what a block has is not repeated.
    assert {"dvc repro external", "make doctor", "FUZZ=2000 pytest tests/fuzz"} <= {*texts}
    assert (
        "KERAS_HOME=<MobileNetV2's weights> python -m benchmarks.train notebook <FracAtlas>/images"
        in texts
    )
    in_sentences = [command.text for command in COMMANDS if command.block < 0]
    assert len(in_sentences) == len({*in_sentences})
    assert "dvc repro" not in in_sentences


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_a_document_names_can_be_run(module: str) -> None:
    spec = find_spec(module)
    assert spec is not None
    if spec.submodule_search_locations:
        assert find_spec(f"{module}.__main__") is not None


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.text[:60])
def test_a_command_sets_keys_that_params_yaml_has(
    command: Command, parameters: dict[str, Any]
) -> None:
    assert {*keys_of(command)} - {*paths_in(parameters)} == set()


@pytest.mark.parametrize("document", TEXTS)
def test_a_setting_in_a_sentence_names_a_key_that_params_yaml_has(
    document: str, parameters: dict[str, Any]
) -> None:
    keys = re.findall(r"-S '?([a-z][\w.]+)=", TEXTS[document])
    assert {*keys} - {*paths_in(parameters)} == set()


def test_each_target_that_a_document_names_is_made() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for text in TEXTS.values() for name in re.findall(r"make (\w+)\b", text)}
    assert {"repro", "test", "mlflow"} <= named - WORDS <= made


def test_what_is_not_run_has_a_reason() -> None:
    run = [command.text for command in COMMANDS if not reason_not_to_run(command.text, True)]
    assert "make test" not in run
    assert {"dvc repro", "make lint", "python -m benchmarks.calibration"} <= {*run}
    assert any(text.startswith("curl ") for text in run)
    few = "dvc exp run -S dataset=fracatlas"
    assert reason_not_to_run(few) == "FracAtlas: give it with --fracatlas"
    assert reason_not_to_run(few, fracatlas=True) == ""


def test_what_is_run_names_what_the_clone_has_and_is_small() -> None:
    texts = [command.text for command in COMMANDS if not reason_not_to_run(command.text, True)]
    assert [text for text in map(at_small_size, texts) if re.search("<[^<]", text)] == []
    assert at_small_size("dvc exp apply NAME").startswith("dvc exp apply $(dvc exp list ")
    assert at_small_size("python -m benchmarks.calibration --repetitions 200").endswith(
        "calibration --repetitions 2 --draws 20"
    )


@pytest.mark.parametrize(
    ("text", "status", "said", "fault"),
    [
        ("dvc repro", 0, "", ""),
        ("dvc repro", 1, "", "exit status 1"),
        ("make app", 124, "", ""),
        ("make app", 0, "", "exit status 0"),
        ("python -m serving.registry rollback", 1, "error: there is none", ""),
        ("python -m serving.registry rollback", 0, "", "no line that begins 'error: '"),
        (
            "python -m serving.registry rollback",
            1,
            "Traceback\nerror: x",
            "no line that begins 'error: '",
        ),
        ("curl http://127.0.0.1:8000", 0, "", "no probability in the answer"),
    ],
)
def test_how_a_command_has_to_end(text: str, status: int, said: str, fault: str) -> None:
    done = subprocess.CompletedProcess(["bash"], status, stdout="", stderr=said)
    assert way_of(text).fault(done) == fault


def test_what_params_yaml_refuses_is_told() -> None:
    assert refused(["model=two_step", "recipes.transfer.preprocess.size=96"]) == ""
    assert refused(["model=other"]).startswith("params.yaml: model is 'other'; expected one of: ")
    assert refused(["other=1"]) == "Invalid `--set-param` value"


def headings_of(text: str) -> set[str]:
    """Return the anchors that GitHub gives a document's headings."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", TEXTS)
def test_what_a_document_links_to_is_there(document: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", TEXTS[document])
    for path, heading in links:
        file = (ROOT / document).parent / path if path else ROOT / document
        assert file.exists()
        assert not heading or heading in headings_of(file.read_text())


def test_a_command_that_is_not_run_is_parsed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    assert parse(tmp_path, "make help ANY=1") == ""
    assert "No rule to make target 'ship'" in parse(tmp_path, "make ship")
    assert parse(tmp_path, "git -S model=other").startswith("params.yaml: model is 'other'")
