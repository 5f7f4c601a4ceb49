"""What a run costs, from what there is to do and a given pace."""

from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.artifacts import manifest, splits
from fracture.artifacts.manifest import Radiograph
from fracture.params.train import resolve
from stages.inputs import dataset
from tests.tools.look.folders import put
from tools.estimate import rest, work
from tools.estimate.__main__ import duration, seconds, size
from tools.estimate.rest import Overhead, Stages, seconds_of_reading, stages_of
from tools.estimate.work import Pace, Work, parts_of, population, radiographs_of, work_of
from tools.estimate.work import array_bytes as bytes_of_arrays

PACE = Pace(start=10, features=0.1, head=0.001, finetune=0.3, weights=1_000_000, width=100)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, Any]) -> Path:
    assert parameters
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def make(parameters: dict[str, Any]) -> Callable[..., Work]:
    """Return what there is to do for 100, 20 and 50 radiographs."""

    def made(**phases: dict[str, int]) -> Work:
        model, settings = resolve(parameters, "efficientnet_lite0")
        changed = {
            name: getattr(settings, name).model_copy(update=values)
            for name, values in phases.items()
        }
        parts = {"train": 100, "validation": 20, "test": 50}
        return Work(model, settings.model_copy(update=changed), 1, 1, parts, passes=2)

    return made


def test_seconds_are_those_of_each_radiograph_in_each_epoch(make: Callable[..., Work]) -> None:
    frozen = {"epochs": 3, "views": 2}
    # 220 features, 3 x 120 of the head, 2 x 100 of fine-tuning and 2 x 20 validated, 70 predicted
    # with 5 passes each, two starts.
    whole = 220 * 0.1 + 360 * 0.001 + 2 * (100 * 0.3 + 20 * 0.1) + 70 * 5 * 0.1 + 20
    each = make(frozen=frozen, finetune={"epochs": 2})
    assert each.seconds(PACE, has_features=False) == pytest.approx(whole)
    assert each.seconds(PACE, has_features=True) == pytest.approx(whole - 22)
    unfrozen = make(frozen={"epochs": 0}, finetune={"epochs": 2})
    assert unfrozen.seconds(PACE, has_features=False) == pytest.approx(whole - 22 - 0.36)


def test_models_of_one_backbone_share_features(make: Callable[..., Work]) -> None:
    each = make(frozen={"epochs": 3, "views": 2}, finetune={"epochs": 2})
    times = seconds({"one": each, "two": each}, {"one": PACE, "two": PACE})
    assert times["one"] - times["two"] == pytest.approx(22)


def test_bytes_are_those_of_float32(make: Callable[..., Work]) -> None:
    each = make(frozen={"epochs": 3, "views": 2})
    assert each.network_bytes(PACE) == 4_000_000
    assert each.feature_bytes(PACE) == 220 * 100 * 4


def test_parts_are_those_of_the_split_else_its_shares(
    parameters: dict[str, Any], here: Path
) -> None:
    parameters["datasets"]["synthetic"]["patients"] = 60
    drawn = parts_of(parameters, [])
    count = sum(drawn.values())
    assert count > 60
    assert drawn["test"] == round(0.2 * count)
    parameters |= {"dataset": "class_folders"}
    parameters["datasets"]["class_folders"]["root"] = "mine"
    (here / "mine/normal").mkdir(parents=True)
    for number in range(10):
        (here / f"mine/normal/{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    assert parts_of(parameters, []) == {"train": 7, "validation": 1, "test": 2}
    known = [radiograph(str(number), "hand", number < 4) for number in range(9)]
    splits.write({str(n): "train" if n < 5 else "test" for n in range(9)})
    assert parts_of(parameters, known) == {"train": 5, "test": 4, "validation": 0}


def test_a_manifest_of_other_data_does_not_count(parameters: dict[str, Any], here: Path) -> None:
    """As DVC writes it down: the digest of the files, the settings, the manifest itself."""
    parameters |= {"dataset": "class_folders"}
    section = parameters["datasets"]["class_folders"]
    for root in ("mine", "other"):
        (here / root).mkdir()
        (here / root / "1.png").write_bytes(root.encode())
    section["root"] = "mine"
    known = [radiograph("1", "hand", fractured=True)]
    manifest.write(known)
    assert radiographs_of(parameters) == []
    listed = "".join(f"{line}\n" for line in dataset(parameters)).encode()
    names = ("dataset", "ingest", "data_seed")
    settings = {name: parameters[name] for name in names} | {
        "datasets.class_folders": dict(section)
    }
    ingest = {
        "params": {"params.yaml": settings},
        "deps": [{"path": "data/inputs/dataset.txt", "md5": md5_of(listed)}],
        "outs": [{"path": "data/manifest.csv", "md5": md5_of(manifest.PATH.read_bytes())}],
    }
    YAML().dump({"stages": {"ingest": ingest}}, here / "dvc.lock")
    assert radiographs_of(parameters) == known
    section["root"] = "other"
    assert radiographs_of(parameters) == []
    section["root"] = "mine"
    (here / "mine/2.png").write_bytes(b"new")
    assert radiographs_of(parameters) == []
    (here / "mine/2.png").unlink()
    assert radiographs_of(parameters) == known
    manifest.write([*known, radiograph("2", "hand", fractured=True)])
    assert radiographs_of(parameters) == []


def test_stages_are_those_of_the_pipeline(parameters: dict[str, Any], here: Path) -> None:
    (here / "dvc.yaml").write_text(
        "stages:\n  ingest: {cmd: a}\n  preprocess: {foreach: '${variants}', do: {cmd: b}}\n"
        "  train: {foreach: '${models}', do: {cmd: c}}\n"
        "  predict: {foreach: '${models}', do: {cmd: d}}\n"
    )
    parameters["run"] = ["efficientnet_lite0"]
    models, variants = len(parameters["models"]), len(parameters["variants"])
    found = stages_of(parameters)
    assert found == Stages(learning=2, others=1 + variants, passed=2 * (models - 1))
    cost = Overhead(kept=0.5, start=3, passed=0.1)
    assert cost.seconds(Stages(2, 17, 60)) == pytest.approx(79 * 0.5 + 17 * 3 + 60 * 0.1)


def test_a_model_sees_its_population(parameters: dict[str, Any]) -> None:
    known = [radiograph(f"h{n}", "hand", n % 2 == 0) for n in range(6)]
    known += [radiograph(f"l{n}", "leg", n == 0) for n in range(4)]
    specialists, _ = resolve(parameters, "specialists")
    two = specialists.model_copy(update={"per": {"body_part": 2}})
    assert population(two, known) == (0.6, 1)  # one broken leg is too few
    one = specialists.model_copy(update={"per": {"body_part": 1}})
    assert population(one, known) == (1.0, 2)
    of_legs = specialists.model_copy(update={"per": None, "where": {"body_part": "leg"}})
    assert population(of_legs, known) == (0.4, 1)
    assert population(one, []) == (1.0, 1)


def test_the_work_is_that_of_the_run(parameters: dict[str, Any]) -> None:
    parameters["training_seeds"] = [0, 1, 2]
    parameters["run"] = ["efficientnet_lite0", "efficientnet_lite0_canny_channels"]
    found = work_of(parameters, [])
    assert [each.networks for each in found.values()] == [3, 3]
    assert work.channels_of(parameters, "canny_channels") == 3
    count = sum(found["efficientnet_lite0"].parts.values())
    assert bytes_of_arrays(parameters, count) == count * 128 * 128 * 4


@pytest.mark.parametrize("name", ["synthetic", "class_folders"])
def test_reading_takes_longer_for_more_radiographs(
    parameters: dict[str, Any], here: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters["dataset"] = name
    parameters["datasets"]["class_folders"]["root"] = str(here / "mine")
    put(here / "mine/1.png", 1)
    monkeypatch.setattr(rest, "DRAWN", 2)
    few, many = (seconds_of_reading(parameters, count) for count in (10, 1000))
    assert 0 < few < many
    assert not (here / "data").exists()


def test_numbers_are_told_in_units_of_their_size() -> None:
    assert [duration(s) for s in (48, 720, 19_800)] == ["48 s", "12 min", "5.5 h"]
    assert [size(count) for count in (12e6, 1.5e9)] == ["12 MB", "1.5 GB"]


def radiograph(name: str, body_part: str, fractured: bool) -> Radiograph:
    return Radiograph(
        id=name, path=f"{name}.png", fractured=fractured, body_part=body_part, view="frontal",
        dataset="class_folders",
    )  # fmt: skip


def md5_of(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()
