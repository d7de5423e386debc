"""The load, in a process of its own: reads what to do as JSON on standard input, writes what it saw as JSON."""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from bench.lanes import Lanes
from bench.processes import cpu_s, rss_mib
from bench.watchers import GIVE_UP_S, Watchers

PAUSE_S = (0.12, 0.3)


def run_batches(plan: dict[str, Any]) -> dict[str, Any]:
    """Run batches of lanes one after another; those marked `untimed` only make the next one possible."""
    lanes = Lanes(plan["port"], plan.get("wanted", []))
    results = []
    for batch in plan["batches"]:
        before_s = cpu_s(plan["pid"])
        result = lanes.run(batch["lanes"])
        if not batch.get("untimed"):
            results.append(result | {"cpu_s": cpu_s(plan["pid"]) - before_s})
    return {"batches": results}


def run_watch(plan: dict[str, Any]) -> dict[str, Any]:
    """
    Connect displays, do something again and again, and note when each display has it.

    Returns:
        `first_ms`, `last_ms` and `answer_ms` of each time, the displays' cost in `kib` and `cpu_us` for each message
        that arrived, the `size` of a board and a `sample`.
    """
    pid = plan["pid"]
    before_mib = rss_mib(pid)
    watchers = Watchers(plan["port"], plan["count"], plan["query"])
    watchers.settle()
    time.sleep(1.0)
    kib = (rss_mib(pid) - before_mib) * 1024 / plan["count"]
    lanes = Lanes(plan["port"], ["number"])
    lanes.one(plan["warm"])
    watchers.settle()
    result: dict[str, Any] = {"first_ms": [], "last_ms": [], "answer_ms": [], "kib": kib}
    events, size, sample, before_s = 0, 0, b"", cpu_s(pid)
    for act in plan["acts"]:
        # Not in step with what the server does once a second.
        time.sleep(random.uniform(*PAUSE_S))
        events += _count_events(watchers.settle())
        started_at = time.perf_counter()
        status, answer_ms, facts = lanes.one(act["do"])
        if status >= 300 or not facts:
            raise RuntimeError(f"{act['do']['path']} answered {status}: {facts}")
        times, sample, more = _await_boards(watchers, str(facts[0]).encode())
        events += more
        size = len(sample)
        result["first_ms"].append((min(times) - started_at) * 1000)
        result["last_ms"].append((max(times) - started_at) * 1000)
        result["answer_ms"].append(answer_ms)
        if act.get("then"):
            lanes.one(act["then"])
    events += _count_events(watchers.settle())
    used_s = cpu_s(pid) - before_s
    return result | {
        "cpu_us": used_s * 1e6 / max(events, 1),
        "size": size,
        "sample": sample.decode(),
        "compressed": watchers.compressed,
    }


def _count_events(came: list[list[tuple[float, bytes]]]) -> int:
    """Count the messages that came, pings apart."""
    return sum(message[:2] == b"42" for messages in came for _, message in messages)


def _await_boards(watchers: Watchers, number: bytes) -> tuple[list[float], bytes, int]:
    """Tell when each display had the board with a number in it, one such board, and how many messages came."""
    mark = b'"' + number + b'"'
    times: dict[int, float] = {}
    sample, events = b"", 0
    give_up_at = time.perf_counter() + GIVE_UP_S
    while len(times) < len(watchers.all):
        if time.perf_counter() > give_up_at:
            raise RuntimeError(f"{len(watchers.all) - len(times)} displays did not get {number.decode()}")
        came = watchers.settle()
        events += _count_events(came)
        for display, messages in enumerate(came):
            for at, message in messages:
                if display not in times and b'"board"' in message[:24] and mark in message:
                    times[display], sample = at, message
    return list(times.values()), sample, events


def main() -> None:
    """Do what standard input says."""
    plan = json.load(sys.stdin)
    gc.disable()  # a pause of the client would be counted as the server's
    result = {"batches": run_batches, "watch": run_watch}[plan["do"]](plan)
    Path(plan["result"]).write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main()
