#!/bin/sh
# Find a Python and hand over to bootstrap.py; install one where that can be done.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# Prints the first Python that is new enough and can do $1. The imports tell a whole one from python3-minimal.
find_python() {
    for python in "$here/../.venv/bin/python" python3.14 python3.13 python3.12 python3.11 python3; do
        if "$python" -c "import sys, fcntl, hashlib, subprocess, $1; sys.exit(sys.version_info < (3, 11))" \
            2>/dev/null; then
            command -v "$python" # a whole path: without PATH in the environment Python cannot find itself
            return
        fi
    done
    return 1
}

if ! python=$(find_python ensurepip || find_python os); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Navbat needs Python 3.11 or newer: installing it with apt-get" >&2
        DEBIAN_FRONTEND=noninteractive
        export DEBIAN_FRONTEND
        said=$(apt-get -qq update 2>&1 && apt-get -qq install -y --no-install-recommends \
            python3 python3-venv 2>&1) || printf '%s\n' "$said" >&2
    fi
    if ! python=$(find_python os); then
        {
            echo "Navbat needs Python 3.11 or newer, and found none. Install it, then start this again:"
            echo "  Debian 12 or newer, Ubuntu 24.04 or newer:  sudo apt-get install python3 python3-venv"
            echo "  macOS:                                      brew install python@3.13"
        } >&2
        exit 1
    fi
fi
exec "$python" -E "$here/bootstrap.py" "$@"
