"""The two lines that end a training."""

import re

import pandas as pd

from fracture.training.summary import peak_memory, summary


def test_a_training_is_summed_up() -> None:
    history = pd.DataFrame(
        {
            "epoch": [1, 2, 3, 4, 5],
            "phase": ["frozen"] * 3 + ["finetune"] * 2,
            "validation_loss": [0.7, 0.6, 0.65, 0.55, 0.58],
            "validation_auc": [0.5, 0.7, 0.71, 0.8, 0.79],
            "seconds": [3.0, 0.2, 0.3, 70.0, 75.0],
            "images_per_second": [80.0, 5000.0, 5200.0, 41.0, 43.0],
        }
    )
    best, times = summary(history, 171.2)
    assert best == "5 epochs, least validation loss 0.550 in epoch 4, validation AUROC 0.800 there"
    assert re.fullmatch(
        r"frozen 3 epochs in 3\.50 s at 5,000 images/s; finetune 2 epochs in 02:25 at 42 images/s; "
        r"this process took 02:51 and at most [\d,]+ MB",
        times,
    )


def test_peak_memory_is_in_megabytes() -> None:
    before = peak_memory()
    block = bytearray(b"\x01") * (200 * 2**20)
    assert 50 < before <= peak_memory() < 100_000
    assert peak_memory() > 200
    del block
