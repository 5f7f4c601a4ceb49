"""How the service is started, and what it refuses before it loads anything."""

import socket
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from fracture.console import PipelineError
from serving.app import command
from serving.app.limits import Limits
from serving.app.service import create
from serving.app.worker import Worker
from tests.serving.app.stand_in import Setting, served


class Unloadable(Worker):
    def start(self) -> None:
        raise PipelineError("a file is missing: copy the bundle again")


def given(monkeypatch: pytest.MonkeyPatch, *options: str) -> Namespace:
    monkeypatch.setattr(sys, "argv", ["app", *options])
    return command.arguments()


def test_no_bundle_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PipelineError, match=r"^no bundle in .*: make one with `dvc repro bundle`"):
        command.main(given(monkeypatch))


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PipelineError, match=rf"^port {port} .* in use; .* PORT={port + 1}"):
            command.listen("127.0.0.1", port)


def test_no_part_of_an_answer_waits_for_another() -> None:
    with (
        command.listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
    ):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "example.org"])  # noqa: S104
def test_other_machines_need_a_key(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRACTURE_API_KEYS", raising=False)
    with pytest.raises(PipelineError, match="FRACTURE_API_KEYS is empty: set it to a key"):
        command.keys_for(host)
    monkeypatch.setenv("FRACTURE_API_KEYS", "short")
    with pytest.raises(PipelineError, match="a key of less than 16 characters"):
        command.keys_for(host)
    monkeypatch.setenv("FRACTURE_API_KEYS", "0123456789abcdef")
    assert len(command.keys_for(host)) == 1


def test_this_machine_alone_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRACTURE_API_KEYS", raising=False)
    for host in ("127.0.0.1", "::1", "localhost"):
        assert command.keys_for(host) == []


def test_it_goes_by_its_own_names_and_those_that_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = given(monkeypatch, "--host", "127.0.0.2", "--name", "Fracture.Example", "--name", "b")
    assert command.hosts_of(asked.host, asked.name) == {
        "localhost", "127.0.0.1", "::1", "127.0.0.2", "fracture.example", "b",
    }  # fmt: skip


def test_each_limit_is_an_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = given(monkeypatch, "--file-mib", "7", "--seconds", "9")
    assert command.limits_of(asked) == Limits(file_mib=7, seconds=9)
    with pytest.raises(SystemExit, match=r"^0$"):
        given(monkeypatch, "--help")
    printed = capsys.readouterr().out
    assert "--keep FOLDER" in printed
    assert "radiographs in a request (64)" in printed


def test_a_system_that_cannot_be_loaded_ends_the_service() -> None:
    reasons: list[str] = []
    app = create(served(Setting(worker=Unloadable)), reasons.append)
    with TestClient(app) as client:
        while not reasons:
            assert client.get("/healthz").json() == {"status": "starting"}
    assert reasons == ["a file is missing: copy the bundle again"]
