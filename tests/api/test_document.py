"""The generated document is whole, and lists what is promised."""

from __future__ import annotations

import re

import pytest

PROMISED = """
POST /auth/token
GET /services
GET /services/now
POST /tickets
GET /tickets/{token}
GET /tickets/{token}/why
POST /tickets/{token}/cancel
POST /tickets/{token}/postpone
POST /check-ins
GET /slots
GET /slots/days
POST /appointments
GET /appointments
GET /appointments/{token}
POST /appointments/{token}/move
POST /appointments/{token}/cancel
GET /results
POST /results
POST /results/import
POST /results/{result}/withdraw
POST /ratings/{token}
GET /counters/{counter}
POST /counters/{counter}/open
POST /counters/{counter}/pause
POST /counters/{counter}/close
POST /counters/{counter}/next
POST /counters/{counter}/call
POST /counters/{counter}/recall
POST /counters/{counter}/start
POST /counters/{counter}/finish
POST /counters/{counter}/no-show
POST /counters/{counter}/hold
POST /counters/{counter}/resume
POST /counters/{counter}/transfer
POST /counters/{counter}/add-service
GET /printers
POST /printers/{printer}/test
GET /print-jobs
GET /print-jobs/{job}
POST /print-jobs/{job}/reprint
POST /print-jobs/{job}/cancel
POST /print-jobs/{job}/redirect
GET /hall
GET /public/statistics
GET /public/policies
GET /voice/call
POST /voice
GET /log/checkpoint
GET /log/key
GET /log/entries
GET /log/consistency
GET /tickets/{token}/proof
""".strip().splitlines()
LOG = ("checkpoint", "key", "entries", "consistency")
PUBLIC = {
    *("/slots", "/slots/days"),
    *(
        "/services",
        "/services/now",
        "/hall",
        "/auth/token",
        "/public/statistics",
        "/public/policies",
        "/voice/call",
        "/visits/order",
    ),
    *("/outreach", "/outreach/visits"),
    *(f"/log/{name}" for name in LOG),
}


@pytest.fixture(scope="module")
def document(still_hall):
    return still_hall.client.get("/openapi.json").json


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_openapi_3_1(document):
    assert re.fullmatch(r"3\.1\.\d", document["openapi"])
    assert document["info"]["title"] == "Navbat"
    assert document["info"]["version"]


@pytest.mark.parametrize("promise", PROMISED)
def test_it_lists_what_is_promised(document, promise):
    method, path = promise.split()

    assert method.lower() in document["paths"][f"/api/v1{path}"]


def test_every_reference_leads_somewhere(document):
    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    for reference in set(walk(document)):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in node, reference
            node = node[part]


def test_every_operation_says_what_it_does_takes_and_answers(document):
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert any(status.startswith("2") for status in operation["responses"]), where
        assert all(response["description"] for response in operation["responses"].values()), where
        declared = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path)), where
        assert ("requestBody" in operation) == (method == "post"), where


def test_every_operation_has_a_name_of_its_own(document):
    names = [operation["operationId"] for *_, operation in operations(document)]

    assert len(names) == len(set(names))


def test_it_says_for_whom_each_operation_is(document):
    for path, method, operation in operations(document):
        is_open = path.removeprefix("/api/v1") in PUBLIC or "{token}" in path
        assert ("security" not in operation) == is_open, f"{method} {path}"
        assert operation.get("description", "").startswith("For: ") != is_open, f"{method} {path}"


def test_its_shapes_forbid_unknown_fields_of_bodies(document):
    bodies = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for *_, operation in operations(document)
        if "requestBody" in operation
    }

    for name in bodies:
        assert document["components"]["schemas"][name]["additionalProperties"] is False, name


def test_it_is_the_same_under_the_base_and_at_the_root_and_each_time(still_hall, document):
    assert still_hall.client.get("/api/v1/openapi.json").json == document
    assert still_hall.client.get("/openapi.json").json == document
