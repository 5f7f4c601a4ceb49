"""The process that predicts: killed where it has to be, and started anew."""

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from fracture.console import PipelineError
from fracture.inference import Answer, Refusal
from serving.app.batches import TOO_COSTLY
from serving.app.limits import Limits
from serving.app.work import Job, upright_size
from serving.app.worker import Killed, Worker, memory
from tests.serving.app.clients import mean, png, send, started
from tests.serving.app.stand_in import DEADLY, HUNGRY, SLOW, Broken, Setting, load

ROOT = Path(__file__).parents[3]
LIMITS = Limits(seconds=1, memory_mib=450, megapixels=1)


def starts(client: TestClient) -> int:
    found = re.search(r"^fracture_worker_starts (\S+)", client.get("/metrics").text, re.MULTILINE)
    assert found is not None
    return int(float(found[1]))


def test_what_takes_too_much_is_refused_and_holds_no_other_up() -> None:
    with started(Setting(LIMITS, worker=Worker)) as client:
        files = [("a.png", png(200)), ("slow", SLOW), ("b.png", png(40))]
        first, slow, last = send(client, files).json()["radiographs"]
        assert [first["probability"], last["probability"]] == pytest.approx(
            [mean(200), mean(40)], abs=1e-6
        )
        assert TOO_COSTLY in slow["note"]
        assert starts(client) == 3  # the batch was killed, and what was to blame, alone
        assert send(client, [("a.png", png(200))]).status_code == HTTPStatus.OK


@pytest.mark.parametrize(("file", "why"), [(HUNGRY, "too much memory"), (DEADLY, "ended")])
def test_a_process_that_ends_is_told(file: bytes, why: str) -> None:
    worker = Worker(load, replace(LIMITS, seconds=20))
    worker.start()
    assert worker.ready
    assert memory(worker.process_id) > 2**24
    with pytest.raises(Killed, match=why):
        worker.ask([Job(file)])
    assert not worker.ready
    assert worker.process_id == 0
    worker.start()
    bomb = io.BytesIO()
    Image.fromarray(np.zeros((1200, 1200), np.uint8)).save(bomb, "PNG")
    seen, *refused = worker.ask([Job(png(120)), Job(b"no image"), Job(bomb.getvalue())])
    assert isinstance(seen.answer, Answer)
    assert seen.answer.probability == pytest.approx(mean(120))
    reasons = [Refusal("not an image"), Refusal("too many pixels")]
    assert [each.answer for each in refused] == reasons
    worker.stop()


KILLED = """
from serving.app.limits import Limits
from serving.app.worker import Worker
from tests.serving.app.stand_in import load_with_a_bar

if __name__ == "__main__":
    worker = Worker(load_with_a_bar, Limits())
    worker.start()
    worker.stop()
"""


def test_a_process_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    """Python would warn of semaphores that nobody has released."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    done = subprocess.run(
        [sys.executable, script], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""


def test_a_system_that_cannot_be_loaded_is_told() -> None:
    with pytest.raises(PipelineError, match=r"^a file is missing: copy it$"):
        Worker(Broken("a file is missing: copy it"), LIMITS).start()


def test_size_of_a_radiograph_that_was_decoded_at_a_fraction() -> None:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((80, 160), np.uint8)).save(stream, "JPEG")
    assert upright_size(stream.getvalue(), np.zeros((20, 40), np.uint8)) == (80, 160)
    turned = np.zeros((160, 80), np.uint8)
    assert upright_size(stream.getvalue(), turned) == (160, 80)
