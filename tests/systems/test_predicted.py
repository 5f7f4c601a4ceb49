"""What networks say is taken side by side only of the same radiographs, as probabilities."""

import numpy as np
import pandas as pd
import pytest

from fracture.console import PipelineError
from tests.systems.examples import TABLES, predicted

OTHER = TABLES["weak", "fractured"]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (OTHER[:-1], "1 differ in id, label or group, first r209"),
        (OTHER.assign(id=OTHER["id"].replace("r005", "s005")), "2 differ .*, first r005"),
        (OTHER.assign(label=1 - OTHER["label"]), "210 differ"),
        (OTHER.assign(part="test"), "120 differ"),
    ],
    ids=["fewer", "id", "label", "part"],
)
def test_models_of_different_radiographs_are_refused(other: pd.DataFrame, found: str) -> None:
    message = rf"shared and weak were predicted on different radiographs: {found}.*; run `dvc repro"
    with pytest.raises(PipelineError, match=message):
        predicted(tables={**TABLES, ("weak", "fractured"): other})


def test_what_is_no_probability_is_refused() -> None:
    broken = OTHER.copy()
    broken.loc[3, "probability"] = np.nan
    with pytest.raises(
        PipelineError, match=r"1 of 210 predictions of weak/seed0 are not .*, first nan for r003"
    ):
        predicted(tables={**TABLES, ("weak", "fractured"): broken})
