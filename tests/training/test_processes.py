"""How a process finds out whether it is one of several."""

import pytest

from fracture.console import PipelineError
from fracture.training.processes import LAUNCHERS, Processes, join


@pytest.fixture(autouse=True)
def no_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in LAUNCHERS:
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize("device", ["auto", "all"])
@pytest.mark.parametrize("tasks", [None, "1"])
def test_without_a_launcher_there_is_one_process(
    device: str, tasks: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if tasks:
        monkeypatch.setenv("SLURM_STEP_NUM_TASKS", tasks)
    assert join(device, "0123456789ab") == Processes(number=0, count=1)


@pytest.mark.parametrize("variable", LAUNCHERS)
def test_several_processes_for_one_device_are_refused(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "4")
    with pytest.raises(
        PipelineError, match=rf"{variable} tells of 4 processes, but device is auto: set device to"
    ):
        join("auto", "0123456789ab")
