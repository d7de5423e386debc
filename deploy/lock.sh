#!/bin/sh
# Renew the lock files from setup.cfg. Pins that setup.cfg does not change stay as they are;
# `sh deploy/lock.sh --upgrade` moves them too. Needs uv, which ./run leaves in .venv where it can.
set -eu
cd -- "$(dirname -- "$0")/.."
PATH="$PWD/.venv/bin:$PATH"

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$@" >/dev/null
}

# The larger one first: it then is the preference of the smaller, so that both agree.
compile "$@" --extra test setup.cfg --output-file deploy/requirements-test.lock
cp deploy/requirements-test.lock deploy/requirements.lock
compile setup.cfg --output-file deploy/requirements.lock
# The voice is under the GPL and its own lock: ./run takes it where it can be had, and goes on without it.
sed -n '/^voice =/,/^[a-z]* =/s/^    //p' setup.cfg >deploy/voice.in
compile "$@" --no-annotate deploy/voice.in --output-file deploy/voice.lock
rm deploy/voice.in
compile "$@" --no-annotate deploy/uv.in --output-file deploy/uv.lock
