"""What a serving process does not load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = """
import sys, tempfile
from pathlib import Path
from server.app import create_app
from server.config import load
app = create_app(load(Path("config.yaml")), data_dir=Path(sys.argv[1]))
app.extensions["hall"].queue.context.database.close()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
UNNEEDED = {"aiohttp", "icalendar", "pygments", "redis", "requests", "valkey", "websocket"}


def test_a_process_that_serves_one_hall_loads_nothing_that_it_has_no_use_for(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    loaded = set(done.stdout.split())
    assert "flask_socketio" in loaded
    assert not UNNEEDED & loaded
