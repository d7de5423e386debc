"""Questions and answers on one connection, byte by byte."""

import pytest

from printing.link import Link


class ScriptedTransport:
    """Holds what came before the question, and answers each DLE EOT from a table."""

    uri = "tcp://scripted"
    two_way = True

    def __init__(self, *, waiting=b"", answers=None, drip=False):
        self.waiting = waiting
        self.answers = answers or {}
        self.drip = drip
        self.asked = []

    def write(self, data, *, timeout_s):
        request = bytes(data)
        self.asked.append(request)
        self.waiting += self.answers.get(request[-1], b"")
        return len(request)

    def read(self, *, timeout_s):
        length = 1 if self.drip else len(self.waiting)
        taken, self.waiting = self.waiting[:length], self.waiting[length:]
        return taken

    def unacknowledged(self):
        return 0

    def close(self):
        pass


PAPER_OUT = {1: b"\x1a", 2: b"\x32", 3: b"\x12", 4: b"\x7e"}
READY = dict.fromkeys((1, 2, 3, 4), b"\x12")


@pytest.mark.parametrize(
    "stale",
    [b"\x12", b"\x12\x12\x12\x12", b"\x37\x22abcd\x00", b"\x10\x00\x00\x00", b"\x10\x00", b"\x37\x22ab"],
    ids=["one", "four", "echo", "automatic", "half automatic", "half echo"],
)
def test_what_was_said_before_the_question_is_no_answer_to_it(stale):
    link = Link(ScriptedTransport(waiting=stale, answers=PAPER_OUT), answer_s=0.05)

    assert link.status().problem == "paper_out"


def test_an_automatic_status_between_question_and_answer_is_told_apart():
    answers = {kind: b"\x10\x00\x00\x00" + reply for kind, reply in PAPER_OUT.items()}
    link = Link(ScriptedTransport(answers=answers), answer_s=0.05)

    assert link.status().problem == "paper_out"


def test_answers_that_drip_in_are_put_together():
    link = Link(ScriptedTransport(answers={**READY, ord("~"): b"\x37\x22~~~~\x00"}, drip=True), answer_s=0.2)

    assert link.probe_confirmation() == "process-id"


def test_a_ready_printer_is_asked_two_questions_and_an_offline_one_four():
    ready, offline = ScriptedTransport(answers=READY), ScriptedTransport(answers=PAPER_OUT)

    Link(ready, answer_s=0.05).status()
    Link(offline, answer_s=0.05).status()

    assert [request[-1] for request in ready.asked] == [1, 4]
    assert [request[-1] for request in offline.asked] == [1, 4, 2, 3]


def test_silence_is_not_a_status():
    assert Link(ScriptedTransport(), answer_s=0.02).status() is None
