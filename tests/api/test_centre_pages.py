"""The configuration as pages: every section in every language, no secret among it, and its lists for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from server.config import Config
from server.wording import catalogue
from tests.api.hall import Hall, open_copy
from tests.conftest import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("az", "uz", "ru", "en", "tr")
KEPT = {
    "server": {"secret_key": "kept-" * 8, "database_url": "sqlite:///kept-db", "redis_url": "redis://:kept-p@x"},
    "kiosk": {"staff_code_hash": "$argon2id$kept-code"},
    "messages": {
        "sms": {"url": "https://x.example/?key=kept-url", "body": '{{"kept-body": "{to}{text}"}}',
                "headers": {"Authorization": "Bearer kept-header"}},
    },
    "sign_in": {"single_sign_on": {"name": "Gov", "issuer": "https://id.example", "client_id": "navbat",
                                   "client_secret": "kept-sso"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def hall(config: Config, template: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The shipped centre with every secret that config.yaml may hold."""
    parts = {name: getattr(config, name) for name in Config.model_fields}
    for section, values in KEPT.items():
        model = type(parts[section])
        parts[section] = model.model_validate({**parts[section].model_dump(), **values})
    hall = open_copy(Config(**parts), FixedClock(), template[0], tmp_path_factory.mktemp("kept"), template[1])
    yield hall
    hall.close()


def test_every_section_has_a_name_in_every_language_and_a_page_without_secrets(hall: Hall) -> None:
    for language in LANGUAGES:
        missing = {name for name in Config.model_fields if f"admin.section_{name}" not in catalogue(language)}
        assert missing == set(), language

    for name in Config.model_fields:
        answer = hall.page(f"/admin/centre/{name}?language=ru", by="auditor by cookie")
        assert answer.status_code == 200, name
        assert "kept-" not in answer.text, name
        assert "<td></td>" not in answer.text, name
        assert ("•••" in answer.text) == (name in KEPT), name
    assert hall.page("/admin/centre/nothing", by="admin by cookie").status_code == 404


def test_what_is_managed_where_is_said_with_the_way_there(hall: Hall) -> None:
    text = hall.page("/admin/centre?language=en", by="admin by cookie").text

    assert "in force since 24 November 2026" in text
    assert "changed only there" in text
    for href in ("/admin/users", "/devices", "/messages", "/supervisor"):
        assert f'<a href="{href}">' in text
    assert '<a href="/devices">' not in hall.page("/admin/centre", by="auditor by cookie").text


@pytest.mark.parametrize("section", ["agencies", "services", "counters", "zones", "categories"])
def test_a_list_goes_to_a_spreadsheet_whole_and_in_every_language(hall: Hall, section: str) -> None:
    answer = hall.page(f"/admin/centre/{section}.csv", by="admin by cookie")

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    parts = getattr(hall.queue.config, section)
    assert [row.get("key") or row["number"] for row in rows] == [
        str(getattr(each, "key", None) or each.number) for each in parts
    ]
    if section == "services":
        birth = next(row for row in rows if row["key"] == "birth")
        assert birth["name_ru"] == hall.queue.config.service["birth"].name["ru"]
        assert birth["channels"].split(";")[0] == "walk_in"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "@")]


def test_a_section_that_is_no_list_is_no_table(hall: Hall) -> None:
    assert hall.page("/admin/centre/server.csv", by="admin by cookie").status_code == 404
