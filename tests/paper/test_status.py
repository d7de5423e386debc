"""What a printer says, bit by bit."""

import pytest

from printing.status import (
    AutomaticStatus,
    FenceReply,
    PrinterStatus,
    ProcessIdEcho,
    RealTimeReply,
    ReplyReader,
)

STATES = [
    # name, DLE EOT 1..4, automatic status, problem, warning
    ("ready", (0x12, 0x12, 0x12, 0x12), "10000000", None, None),
    ("near end", (0x12, 0x12, 0x12, 0x1E), "10000300", None, "paper_near_end"),
    ("paper out", (0x1A, 0x32, 0x12, 0x7E), "18000f00", "paper_out", None),
    ("paper out, one sensor", (0x1A, 0x32, 0x12, 0x72), "18000c00", "paper_out", None),
    ("cover open", (0x1A, 0x16, 0x12, 0x12), "38000000", "cover_open", None),
    ("cutter", (0x1A, 0x52, 0x1A, 0x12), "18080000", "cutter_error", None),
    ("hot head", (0x1A, 0x52, 0x52, 0x12), "18400000", "overheated", None),
    ("broken", (0x1A, 0x52, 0x32, 0x12), "18200000", "error", None),
    ("offline", (0x1A, 0x12, 0x12, 0x12), "18000000", "offline", None),
]


@pytest.mark.parametrize(
    ("name", "replies", "block", "problem", "warning"), STATES, ids=[s[0] for s in STATES]
)
def test_both_ways_of_asking_name_the_same_problem(name, replies, block, problem, warning):
    asked = PrinterStatus.from_replies(dict(enumerate(replies, start=1)))
    told = PrinterStatus.from_automatic(bytes.fromhex(block))

    assert (asked.problem, asked.warning) == (problem, warning)
    assert (told.problem, told.warning) == (problem, warning)
    assert asked.online is told.online is (problem is None)


def test_replies_are_told_apart_in_whatever_order_and_pieces_they_come():
    stream = bytes.fromhex("11 12 37 22 61 62 63 64 00 18 00 0f 00 5f 41 00 1e 00 13")
    reader = ReplyReader()

    replies = [reply for byte in stream for reply in reader.feed(bytes((byte,)))]

    paper_out = PrinterStatus.from_automatic(bytes.fromhex("18000f00"))
    assert replies == [
        RealTimeReply(0x12),
        ProcessIdEcho("abcd"),
        AutomaticStatus(paper_out),
        RealTimeReply(0x1E),
        FenceReply(0),
    ]
