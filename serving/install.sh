#!/bin/sh
# Install a service into a folder: what answers radiographs, without Keras and TensorFlow.
# In the repository: serving/install.sh FOLDER; then, in FOLDER/app: ../venv/bin/python -m serving.app
# These are the steps of serving/Dockerfile.
set -eu
[ $# -eq 1 ] || { echo "usage: serving/install.sh FOLDER" >&2; exit 2; }
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
mkdir -p "$1"
to=$(cd "$1" && pwd)
[ -z "$(ls -A "$to")" ] || { echo "error: $to is not empty: name a new folder" >&2; exit 1; }

# uv reads uv.lock; the service itself needs neither it nor pip.
"$python" -m venv "$to/build"
"$to/build/bin/pip" install --quiet --disable-pip-version-check uv==0.13.8
UV_PROJECT_ENVIRONMENT="$to/venv" "$to/build/bin/uv" sync --quiet --frozen --no-cache --link-mode copy \
  --python "$python" --extra serving --compile-bytecode
rm -rf "$to/build"

mkdir "$to/app"
cp -R fracture serving "$to/app/"
find "$to/app" -name __pycache__ -prune -exec rm -rf {} +
"$to/venv/bin/python" -m compileall -q "$to/app"
echo "$to: $(du -sm "$to" | cut -f 1) MB"
