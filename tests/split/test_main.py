from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages.artifacts import manifest, splits
from stages.artifacts.manifest import Radiograph
from stages.split.__main__ import main


def test_the_stage_writes_the_split_and_says_how_it_is_spread(
    parameters: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    parameters["split"] = {"validation": 0.1, "test": 0.2}
    YAML().dump(parameters, Path("params.yaml"))
    one = Radiograph("", "", fractured=False, body_part="hand")
    manifest.write(
        [replace(one, id=f"{n:03}", group=f"{n // 2:03}", fractured=n % 4 < 2) for n in range(200)]
    )
    main()
    table = capsys.readouterr().out.splitlines()
    assert [row.split() for row in table[2:]] == [
        ["train", "70", "70", "70", "0.500"],
        ["validation", "10", "10", "10", "0.500"],
        ["test", "20", "20", "20", "0.500"],
    ]
    assert splits.PATH.read_text().startswith("id,part\n000,")
    assert len(splits.read()) == 200
