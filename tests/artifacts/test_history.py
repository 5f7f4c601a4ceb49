"""The history of trainings: every column is read back, in one order."""

from pathlib import Path

import pandas as pd

from fracture.artifacts import history


def test_the_history_of_two_seeds_is_read_back(tmp_path: Path) -> None:
    rows = [(0, 1, "frozen"), (0, 2, "finetune"), (3, 1, "frozen")]
    table = pd.DataFrame(rows, columns=["seed", "epoch", "phase"]).assign(
        trained_on="",
        loss=0.5,
        auc=0.75,
        validation_loss=1 / 3,
        validation_auc=[float("nan"), 0.5, 1],
        learning_rate=1e-5,
    )
    history.write(table[table.columns[::-1]], tmp_path / "history.csv")
    read = history.read(tmp_path / "history.csv")
    assert list(read.columns) == history.COLUMNS
    pd.testing.assert_frame_equal(read, table[history.COLUMNS], check_exact=False, rtol=1e-5)
