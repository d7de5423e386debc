"""What forms read and write: every section and every entry, with the loader's faults beside the fields."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from server.config import ConfigErrors, bundling, editing
from server.config.editing import typed

NAME = {
    "az": "Yeni xidmət",
    "uz": "Yangi xizmat",
    "ru": "Новая услуга",
    "en": "New service",
    "tr": "Yeni hizmet",
}


def as_sent(name: str, values: dict[str, Any], written: editing.Written) -> MultiDict[str, str]:
    """Send a form as a browser does that changed nothing in it."""
    sent: MultiDict[str, str] = MultiDict()
    for field in editing.describe(name):
        value = values.get(field.name)
        if field.kind == "names":
            for language in written.languages:
                sent.add(f"{field.name}.{language}", str((value or {}).get(language) or ""))
        elif field.kind == "switch":
            if value is True or (value is None and field.default is True):
                sent.add(field.name, "on")
        elif field.kind == "choices":
            for each in value or []:
                sent.add(field.name, str(each))
        elif field.kind == "choice" and value is None and field.default is not None:
            sent.add(field.name, str(field.default))
        else:
            sent.add(field.name, typed.shown(field, value))
    return sent


def with_change(files, change):
    written = editing.open_files(files)
    change(written)
    return written.to_files()


@pytest.mark.parametrize("name", [*editing.FORMS, *editing.ENTRIES])
def test_a_form_that_is_sent_as_it_came_changes_nothing(name, shipped):
    written = editing.open_files(shipped)

    if name in editing.FORMS:
        values = editing.read(written, name)
        sent = typed.typed(editing.describe(name), as_sent(name, values, written), written.languages, values)
        editing.change(written, name, sent)
    else:
        for entry in editing.entries(written, name)[:12]:
            sent = typed.typed(
                editing.describe(name), as_sent(name, entry.values, written), written.languages, entry.values
            )
            assert editing.change_entry(written, name, entry.id, sent) == entry.id

    assert written.to_files() == shipped


def test_every_key_of_the_configuration_has_a_form_or_a_list():
    from server.config.sections import SECTIONS

    shown = {*editing.FORMS, *(kind.path[0] for kind in editing.ENTRIES.values() if kind.path)}
    assert shown == set(SECTIONS) - {"catalogue", "server"}
    assert sorted(name for _, names in editing.ORDER for name in names) == sorted(
        {*editing.FORMS, *editing.ENTRIES}
    )


def test_a_new_service_is_a_row_after_those_of_its_agency_and_a_place_where_it_differs(shipped):
    def add(written):
        editing.add_entry(
            written,
            "services",
            {"key": "new", "name": NAME, "agency": "moi", "group": "information", "minutes": 7}
            | {"channels": ["walk_in"], "target_minutes": 9, "offered": None},
        )

    files = with_change(shipped, add)

    config = bundling.load_files(files)
    service = config.service["new"]
    assert (service.agency, service.minutes, service.target_minutes, service.series) == ("moi", 7, 9, "A")
    assert dict(service.name) == NAME
    keys = [each.key for each in config.services]
    assert config.service[keys[keys.index("new") - 1]].agency == "moi"
    assert b"  new: {target_minutes: 9}\n" in files["config.yaml"]


def test_what_this_centre_says_otherwise_is_changed_where_it_is_said(shipped):
    files = with_change(
        shipped, lambda written: editing.change_entry(written, "services", "info_desk", {"minutes": 6})
    )
    assert files["config.yaml"] == shipped["config.yaml"]
    assert bundling.load_files(files).service["info_desk"].minutes == 6

    def differ(written):
        written.data["services"]["info_desk"]["minutes"] = 4

    own = with_change(shipped, differ)
    files = with_change(
        own, lambda written: editing.change_entry(written, "services", "info_desk", {"minutes": 3})
    )
    assert bundling.load_files(files).service["info_desk"].minutes == 3
    assert files["catalogue/services.csv"] == shipped["catalogue/services.csv"]


def test_a_draft_keeps_what_is_wrong_and_says_where(shipped):
    def spoil(written):
        editing.change_entry(written, "services", "passport", {"minutes": "abc", "name": {"az": "Pasport"}})
        editing.change_entry(written, "counters", "6", {"zone": "zz"})
        editing.change(written, "policy", {"late_minutes": "soon", "recall_limit": None})

    files = with_change(shipped, spoil)

    found = {(each.name, each.id, each.field): each.problem.kind for each in editing.faults(files)}
    assert found["services", "passport", "minutes"] == "minutes"
    assert found["services", "passport", "name.ru"] == "missing_in"
    assert found["counters", "6", "zone"] == "unknown"
    assert found["policy", "", "late_minutes"] == "number"
    assert found["policy", "", "recall_limit"] == "missing"
    written = editing.open_files(files)
    assert editing.read(written, "policy")["late_minutes"] == "soon"
    assert editing.entry(written, "services", "passport").values["minutes"] == "abc"


def test_an_entry_whose_key_is_used_twice_can_still_be_told_from_the_other(shipped):
    files = with_change(shipped, lambda written: written.data["counters"][1].update(number=1))

    written = editing.open_files(files)
    assert [each.id for each in editing.entries(written, "counters")][:3] == ["~0", "~1", "3"]
    editing.remove_entry(written, "counters", "~1")
    assert editing.faults(written.to_files()) == []


def test_a_key_is_given_once(shipped):
    written = editing.open_files(shipped)

    with pytest.raises(editing.TakenKey):
        editing.add_entry(written, "counters", {"number": 1})
    with pytest.raises(editing.TakenKey):
        editing.add_entry(written, "services", {"key": "passport"})


def test_what_is_removed_is_taken_out_of_the_lists_that_name_it(shipped):
    written = editing.open_files(shipped)
    assert {(use.name, use.id) for use in editing.uses(written, "services", "permit_card")} == {
        ("counters", "3"),
        ("counters", "4"),
    }

    editing.remove_entry(written, "services", "permit_card")
    files = written.to_files()

    config = bundling.load_files(files)
    assert "permit_card" not in config.service
    assert b"permit_card" not in files["config.yaml"]
    assert files["config.yaml"].count(b"#") == shipped["config.yaml"].count(b"#") - 1, (
        "its own comment goes with it"
    )


def test_an_agency_leaves_the_centre_and_can_come_back(shipped):
    gone = with_change(shipped, lambda written: editing.remove_entry(written, "agencies", "bank"))
    written = editing.open_files(gone)
    assert editing.entry(written, "agencies", "bank").values["here"] is False
    assert gone["catalogue/services.csv"] == shipped["catalogue/services.csv"]

    back = {"here": True, "zone": "d", "series": "B"}
    files = with_change(gone, lambda written: editing.change_entry(written, "agencies", "bank", back))
    for counter in ("46", "47"):
        files = with_change(
            files,
            lambda written, id=counter: editing.change_entry(written, "counters", id, {"agencies": ["bank"]}),
        )
    assert "bank" in bundling.load_files(files).agency


def test_secrets_are_not_shown_and_stay_unless_a_new_one_is_typed(shipped):
    def tell(written):
        editing.change(
            written, "messages", {"sms.url": "https://gate.example/key-42", "sms.headers": {"X-Key": "k"}}
        )

    files = with_change(shipped, tell)
    written = editing.open_files(files)
    values = editing.read(written, "messages")
    fields = {field.name: field for field in editing.describe("messages")}
    assert typed.shown(fields["sms.url"], values["sms.url"]) == ""
    sent = as_sent("messages", values, written)
    sent["sms.url"], sent["sms.headers"] = "", ""
    editing.change(written, "messages", typed.typed(fields.values(), sent, written.languages, values))
    assert written.to_files() == files

    raw = editing.read_raw(files, "messages")
    assert "key-42" not in raw
    assert "•••" in raw
    assert editing.change_raw(files, "messages", raw) == files
    moved = editing.change_raw(files, "messages", raw + "  country_code: '995'\n")
    assert editing.read(editing.open_files(moved), "messages") == {**values, "country_code": "995"}

    sent["sms.url~clear"] = "on"
    cleared = typed.typed(fields.values(), sent, written.languages, values)
    assert cleared["sms.url"] is None


def test_missing_names_are_listed_wherever_they_are(shipped):
    def lose(written):
        written.data["zones"][0]["where"].pop("uz")
        written.data["policy"]["pause_reasons"][0]["name"]["tr"] = ""
        editing.change_entry(written, "services", "passport", {"name": {"az": "Pasport", "ru": "Паспорт"}})
        editing.change_entry(written, "groups", "information", {"name": {"az": "Məlumat"}})

    found = {
        (each.name, each.id, each.field, each.language)
        for each in editing.missing_names(with_change(shipped, lose))
    }

    assert found == {
        ("zones", "a", "where", "uz"),
        ("pause_reasons", "lunch", "name", "tr"),
        *(("services", "passport", "name", language) for language in ("uz", "en", "tr")),
        *(("groups", "information", "name", language) for language in ("uz", "ru", "en", "tr")),
    }
    assert editing.missing_names(shipped) == []


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("policy:\n  version: [\n", 3),
        ("policy:\n  version: a\n  version: b\n", 3),
        ("policy: {}\nzones: []\n", 2),
        ("terminal: {}\n", 1),
    ],
)
def test_a_text_that_is_no_section_is_not_taken(shipped, raw, line):
    with pytest.raises(editing.RawFaults) as refused:
        editing.change_raw(shipped, "policy", raw)

    assert refused.value.problems[0].line <= line


def test_a_section_can_come_and_go_as_text(shipped):
    came = editing.change_raw(shipped, "admission", "admission:\n  most_waiting: 40  # by the fire code\n")
    assert bundling.load_files(came).admission.most_waiting == 40
    assert editing.change_raw(came, "admission", "\n") | {"config.yaml": b""} == shipped | {
        "config.yaml": b""
    }
    assert editing.change_raw(shipped, "admission", editing.read_raw(shipped, "admission")) == shipped
    assert b"admission" not in editing.change_raw(came, "admission", "")["config.yaml"]


def test_a_whole_configuration_comes_in_without_what_is_of_the_machine(shipped):
    zipped = bundling.to_zip(shipped)
    taken = editing.take_configuration({}, zipped)
    assert b"data_dir" in shipped["config.yaml"]
    assert b"data_dir" not in taken["config.yaml"]
    assert bundling.load_files(taken).services == bundling.load_files(shipped).services

    alone = editing.take_configuration(shipped, shipped["config.yaml"].replace(b"volume: 80", b"volume: 70"))
    assert bundling.load_files(alone).voice.volume == 70

    for data, kind in ((b"PK nothing", "no_bundle"), (b"a: 1\n", "no_bundle")):
        with pytest.raises(editing.NotTaken, match=kind):
            editing.take_configuration(shipped, data)


@pytest.mark.parametrize(
    ("name", "path", "place"),
    [
        ("paper", ("paper", "logo"), "/etc/hostname"),
        ("paper", ("paper", "logo"), "../sign.png"),
        ("voice", ("voice", "recordings"), "/etc"),
        ("", ("catalogue", "bring"), "/etc/passwd"),
    ],
)
def test_no_file_of_the_machine_is_read_through_a_form(shipped, name, path, place):
    def reach(written):
        written.place(path[:1], dict)[path[1]] = place

    [fault] = editing.faults(with_change(shipped, reach))

    assert (fault.name, fault.problem.kind) == (name, "no_file")


def test_a_few_lines_that_stand_for_more_than_any_memory_holds_are_refused(shipped):
    lines = ["centre: {}", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    with pytest.raises(ConfigErrors, match="holds more than 200,000 values"):
        editing.take_configuration(shipped, "\n".join(lines).encode())
