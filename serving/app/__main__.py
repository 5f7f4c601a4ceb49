"""Serve a trained system on this machine: `python -m serving.app`."""

import sys
from importlib.util import find_spec

if __name__ == "__main__":
    if not all(map(find_spec, ("fastapi", "multipart", "prometheus_client", "uvicorn"))):
        sys.exit(
            "error: the service's libraries are not installed; expected the extra `serving`: run "
            "`make app`, or pip install '.[serving]'"
        )
    from serving.app.command import run

    run()
