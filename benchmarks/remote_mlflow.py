"""A remote MLflow server on PostgreSQL with authentication: does it work as SQLite does?

After `dvc repro`, on Debian with `apt-get install postgresql`, as any user (as root, PostgreSQL
runs as the user `postgres`); pip fetches psycopg2-binary and what MLflow's authentication needs
into an environment of the script's own:

    python -m benchmarks.remote_mlflow

starts both on this machine, tracks the runs of this folder twice, registers the headline system,
loads the champion, and tries without a password and with a wrong one. All ends with the script.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.app_server import answers, free_port
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe, versions
from fracture.console import PipelineError

BINARIES = Path("/usr/lib/postgresql")
USER, SECONDS = "mlflow", 120
CHAMPION = """
import mlflow, sys
from serving.registry.model import drawn_radiograph
import pandas as pd
table = pd.DataFrame({"radiograph": [drawn_radiograph()]})
for uri in sys.argv[1:]:
    mlflow.set_tracking_uri(uri)
    print(mlflow.pyfunc.load_model("models:/bone-fracture@champion").predict(table).iloc[0, 1])
"""


def main() -> None:
    """Print what each command said, and fail where one did not do what SQLite does."""
    print(describe())
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        password = secrets.token_hex(12)
        python = environment(folder / "venv")
        with postgres(folder, password) as port, served(folder, python, port, password) as address:
            remote = os.environ | {
                "MLFLOW_TRACKING_URI": address,
                "MLFLOW_TRACKING_USERNAME": USER,
                "MLFLOW_TRACKING_PASSWORD": password,
            }
            ask(remote, address)


def ask(remote: Mapping[str, str], address: str) -> None:
    """Do on the server what is done on SQLite.

    Args:
        remote: The environment of its user.
        address: Of the server.
    """
    track, registry = ["-m", "stages.track"], ["-m", "serving.registry"]
    said(track, remote, "runs are new in http://")
    said(track, remote, "0 of ")
    said([*registry, "register"], remote, "version 1 is the champion: the first")
    said([*registry, "register"], remote, "version 1 is the champion already")
    said([*registry, "list"], remote, "champion")
    said(["-c", CHAMPION, address], remote, "0.")
    wrong = {**remote, "MLFLOW_TRACKING_PASSWORD": "wrong"}
    said(track, wrong, "error: MLflow at http://", status=1)
    try:
        urllib.request.urlopen(f"{address}/api/2.0/mlflow/experiments/search?max_results=1")  # noqa: S310
    except urllib.error.HTTPError as error:
        print(f"without a password: {error.code} {error.reason}")
    else:
        raise PipelineError("the server answers without a password")


def said(
    arguments: Sequence[str], environ: Mapping[str, str], expected: str, status: int = 0
) -> None:
    """Run Python, print what it says, and require a text in it.

    Args:
        arguments: Of Python.
        environ: The environment.
        expected: Text.
        status: Of the exit.
    """
    began = time.monotonic()
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    text = (done.stdout + done.stderr).strip()
    shown = [one for one in arguments if "\n" not in one]
    print(f"$ python {' '.join(shown)}  ({time.monotonic() - began:.0f} s)\n{text}")
    if done.returncode != status or expected not in text:
        raise PipelineError(f"exit status {done.returncode}, expected {status} and: {expected}")


def environment(folder: Path) -> str:
    """Make an environment that adds a driver of PostgreSQL and MLflow's authentication to this.

    Args:
        folder: Of the environment.

    Returns:
        Its Python.
    """
    venv.create(folder, with_pip=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = str(folder / "bin/python")
    wanted = ["psycopg2-binary", f"mlflow[auth]=={version('mlflow')}"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)  # noqa: S603
    found = subprocess.run(  # noqa: S603
        [python, "-m", "pip", "freeze", "--path", str(packages)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    print(f"{versions('mlflow')}, in an environment of its own: {', '.join(found.stdout.split())}")
    return python


@contextmanager
def postgres(folder: Path, password: str) -> Iterator[int]:
    """Yield the port of a PostgreSQL that has a user with two databases.

    Args:
        folder: Takes the databases.
        password: Of the user.
    """
    places = sorted(BINARIES.glob("*/bin"))
    if not places:
        raise PipelineError(f"no PostgreSQL in {BINARIES}: run `apt-get install postgresql`")
    home, port = folder / "postgres", free_port()
    home.mkdir()
    secret = home / "password"
    secret.write_text(password)
    data, sockets, log = (str(home / name) for name in ("data", "", "log"))
    if os.getuid() == 0:
        for path in (home, secret):
            shutil.chown(path, "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [str(places[-1] / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        told = os.environ | {"PGPASSWORD": password}
        subprocess.run(command, check=True, env=told, cwd="/", stdout=subprocess.DEVNULL)  # noqa: S603

    run(
        "initdb", "-D", data, "-U", USER, "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8"
    )
    listen = f"-p {port} -k {sockets} -c listen_addresses=127.0.0.1"
    run("pg_ctl", "-D", data, "-l", log, "-w", "-o", listen, "start")
    try:
        for name in ("tracking", "users"):
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", USER, name)
        print(f"{places[-1].parent.name}: PostgreSQL at 127.0.0.1:{port}")
        yield port
    finally:
        run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")


@contextmanager
def served(folder: Path, python: str, database: int, password: str) -> Iterator[str]:
    """Yield the address of an MLflow server that asks for a password.

    Args:
        folder: Takes its artifacts.
        python: Of an environment that can run it.
        database: The port of PostgreSQL.
        password: Of the database, and of the server's own user.
    """
    uri = f"postgresql+psycopg2://{USER}@127.0.0.1:{database}"
    settings, secret, port = folder / "auth.ini", folder / "pgpass", free_port()
    for path in (settings, secret):
        path.touch(0o600)
    secret.write_text(f"127.0.0.1:{database}:*:{USER}:{password}\n")
    settings.write_text(
        "[mlflow]\ndefault_permission = READ\n"
        f"database_uri = {uri}/users\nadmin_username = {USER}\nadmin_password = {password}\n"
    )
    command = [
        python, "-m", "mlflow", "server", "--app-name", "basic-auth", "--workers", "1",
        "--backend-store-uri", f"{uri}/tracking", "--artifacts-destination", str(folder / "files"),
        "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    told = os.environ | {
        "MLFLOW_AUTH_CONFIG_PATH": str(settings),
        "PGPASSFILE": str(secret),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets.token_hex(16),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    told.pop("MLFLOW_TRACKING_URI", None)
    log = folder / "mlflow.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(  # noqa: S603
            command, env=told, cwd=folder, stdout=stream, stderr=stream, start_new_session=True
        )
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + SECONDS
    try:
        while not answers(f"{address}/health"):
            if server.poll() is not None or time.monotonic() > until:
                raise PipelineError(f"MLflow does not start: {log.read_text()[-600:]}")
            time.sleep(0.5)
        print(f"MLflow at {address}, --app-name basic-auth")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # a group of its own: what it started ends too
        server.wait(30)


if __name__ == "__main__":
    parser_of("remote_mlflow", __doc__).parse_args()
    end_in_a_line(main)
