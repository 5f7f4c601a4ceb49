"""What the command writes beside its table: JSON, studies, and radiographs under their heat."""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fracture.artifacts import bundle as bundles
from fracture.inference import Answer, Predictor, Refusal
from fracture.inference.heat import Heat
from serving.predict import Outputs, main, score
from tests.inference.external.examples import save
from tests.serving.sealing import seal


def test_json_holds_radiographs_studies_and_what_the_system_is(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sealed = seal(Path("sealed"), "small", parameters["ingest"])
    save(Path("in/a.png"), 200, 0)
    save(Path("in/b.png"), 100, 1)
    Path("other").mkdir()
    Path("other/notes.txt").write_text("no image")
    main([Path("in"), Path("other")], sealed, Outputs(studies=Path("s.csv"), json=Path("a.json")))
    said = json.loads(Path("a.json").read_text())
    assert said["system"] == "small"
    assert said["digest"] == bundles.read(sealed).digest
    assert [row["file"] for row in said["radiographs"]] == [
        "in/a.png",
        "in/b.png",
        "other/notes.txt",
    ]
    assert [row["study"] for row in said["studies"]] == ["in", "other"]
    assert said["radiographs"][2]["probability"] is None
    table = pd.read_csv("s.csv")
    assert table["radiographs"].tolist() == [2, 0]
    assert table["probability"][0] == said["studies"][0]["probability"]


class Seeing:
    """Stands for a predictor: every file but the first is answered, with heat in its middle."""

    def predict(self, sources: list[Path], *, heat: bool) -> list[Answer | Refusal]:
        assert heat
        hot = np.zeros((4, 4), np.float32)
        hot[1:3, 1:3] = 1
        shown = Heat(np.full((4, 4), 60, np.uint8), hot, "Grad-CAM")
        found = Answer(0.5, 0.5, {}, {}, {}, heat=shown)
        return [Refusal("missing") if each.stem == "absent" else found for each in sources]


def test_each_answered_file_is_drawn_under_its_heat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.predict.AT_ONCE", 2)
    files = [Path(name) for name in ("absent.png", "a/knee.png", "b/knee.dcm")]
    seeing = cast("Predictor", Seeing())
    answers = [*score(seeing, files, Outputs(heatmaps=tmp_path / "heat"))]
    assert answers[0] == Refusal("missing")
    assert [isinstance(one, Answer) and one.heat for one in answers] == [False, None, None]
    pictures = sorted((tmp_path / "heat").iterdir())
    assert [picture.name for picture in pictures] == ["2-knee.png", "3-knee.png"]
    drawn = np.asarray(Image.open(pictures[0]))
    assert drawn.shape == (4, 4, 3)
    assert drawn[0, 0].tolist() == [60, 60, 60]
    assert drawn[1, 1].max() > 150
