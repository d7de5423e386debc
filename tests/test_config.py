"""config.yaml: what is right is read whole, what is wrong is named at its place, all of it at once."""

from __future__ import annotations

import copy
import re
import shutil
from itertools import cycle
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from server.config import ConfigErrors, config_digest, load
from server.config.sections import SECTIONS

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "config.yaml"

CENTRE = """\
catalogue: {agencies: agencies.csv, services: services.csv, groups: groups.csv, bring: bring.csv}
centre:
  key: hall-1
  name: {az: Mərkəz, en: Centre}
  timezone: Asia/Baku
  languages: [az, en]
  hours:
    mon: ["09:00-13:00", "14:00-18:00"]
  holidays:
    - {date: 2026-03-20, name: {az: Novruz, en: Novruz}}
zones:
  - {key: a, name: {az: A zonası, en: Zone A}, where: {az: solda, en: on the left}}
  - {key: b, name: {az: B zonası, en: Zone B}, where: {az: sağda, en: on the right}}
agencies:
  registry: {zone: a, series: R}
  notary: {zone: b, series: N}
services:
  copy: {target_minutes: 8}
counters:
  - {number: 1, zone: a, agencies: [registry], printer: slips}
  - {number: 2, zone: b, agencies: [notary], arrow: left}
categories:
  - key: disability
    effect: quota
    quota_every: 3
    name: {az: Əlillik, en: Disability}
    evidence: {az: vəsiqə, en: card}
    legal_reference: {az: Qanun, en: Law}
policy:
  version: "1"
  target_minutes: {walk_in: 15, appointment: 5, collect: 5}
  early_minutes: 30
  late_minutes: 10
  recall_limit: 1
  recall_after_s: 30
  grace_minutes: 30
  missed_penalty_minutes: 10
  closing: expire
  out_of_turn_reasons:
    - {key: unwell, name: {az: Xəstə, en: Unwell}}
  pause_reasons:
    - {key: lunch, name: {az: Nahar, en: Lunch}}
printers:
  - {key: slips, name: Slips, uri: "virtual:", zone: a}
displays:
  - {key: hall, name: Hall, zone: b}
rating:
  prompt: print
  valid_days: 14
  aspects:
    - {key: quality, name: {az: Keyfiyyət, en: Quality}}
"""
CATALOGUE = {
    "agencies.csv": """\
key,kind,name_az,name_en,source
registry,state,Qeydiyyat,Registry,
notary,state,Notariat,Notary,
absent,private,Bank,Bank,
""",
    "services.csv": """\
key,agency,group,name_az,name_en,minutes,minutes_basis,channels,bring,source,name_basis
birth,registry,civil registry,Doğum,Birth,20,estimated,walk_in;appointment,ID card; fee,,translated
death,registry,civil registry,Ölüm,Death,20,estimated,walk_in,ID card,,translated
copy,notary,papers,Surət,Copy,8,estimated,walk_in,,,translated
loan,absent,papers,Kredit,Loan,20,estimated,walk_in,,,translated
""",
    "groups.csv": "key,name_az,name_en\ncivil registry,Aktlar,Registry\npapers,Sənədlər,Papers\n",
    "bring.csv": "key,name_az,name_en\nID card,Vəsiqə,ID card\nfee,Haqq,Fee\n",
}


class Folder:
    """A centre's files in a folder of their own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("config.yaml", CENTRE)
        for name, text in CATALOGUE.items():
            self.write(name, text)

    def write(self, name: str, content: str | bytes) -> None:
        data = content.encode() if isinstance(content, str) else content
        (self.path / name).write_bytes(data)

    def change(self, name: str, *changes: tuple[str, str]) -> None:
        text = (self.path / name).read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
            text = text.replace(old, new)
        self.write(name, text)

    def line_of(self, words: str, name: str = "config.yaml") -> int:
        lines = (self.path / name).read_text("utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if words in line)

    def load(self):
        return load(self.path / "config.yaml")

    def problems(self) -> list[str]:
        with pytest.raises(ConfigErrors) as caught:
            self.load()
        return [str(problem) for problem in caught.value.problems]


def every_place(value, path=()):
    """Yield the path of everything inside a document."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield (*path, key)
        yield from every_place(inner, (*path, key))


def replaced(data, path, value):
    changed = inner = copy.deepcopy(data)
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def is_accepted(folder, data) -> bool:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    folder.write("config.yaml", yaml.dump(data, Dumper=dumper, allow_unicode=True))
    try:
        folder.load()
    except ConfigErrors as errors:
        return not errors.problems
    return True


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


def test_the_shipped_centre_is_whole():
    config = load(SHIPPED)

    assert len(config.agencies) == 26
    assert len(config.services) == 241
    assert len(config.groups) == 32
    assert len(config.counters) >= 40
    assert config.centre.languages == ("az", "uz", "ru", "en", "tr")
    assert {category.effect for category in config.categories} == {"credit", "quota", "first"}


def test_every_service_of_the_shipped_centre_is_served_where_its_visitors_wait():
    config = load(SHIPPED)

    served = {(service, counter.zone) for counter in config.counters for service in counter.services}

    assert {(service.key, service.zone) for service in config.services} <= served


def test_the_shipped_catalogue_has_no_name_left_empty_or_doubled_by_accident():
    config = load(SHIPPED)

    for service in config.services:
        assert set(service.name) == set(config.centre.languages)
        for item in service.bring:
            assert all(text == text.strip() and text for text in item.values())


def test_what_a_service_leaves_open_comes_from_its_agency_and_the_policy(folder):
    config = folder.load()

    birth, copy = config.service["birth"], config.service["copy"]
    assert (birth.series, birth.zone, birth.target_minutes, birth.group) == ("R", "a", 15, "civil_registry")
    assert (copy.series, copy.zone, copy.target_minutes, copy.minutes) == ("N", "b", 8, 8)
    assert birth.channels == {"walk_in", "appointment"}
    assert [item["en"] for item in birth.bring] == ["ID card", "Fee"]


def test_a_counter_serves_all_that_waits_in_its_zone_of_its_agencies_and_what_is_named(folder):
    folder.change("config.yaml", ("agencies: [notary], arrow: left", "agencies: [notary], services: [death]"))

    config = folder.load()

    assert config.counter[1].services == ("birth", "death")
    assert config.counter[2].services == ("death", "copy")


def test_a_service_that_is_not_offered_is_not_there(folder):
    folder.change("config.yaml", ("copy: {target_minutes: 8}", "death: {offered: false}"))

    config = folder.load()

    assert list(config.service) == ["birth", "copy"]
    assert "absent" not in config.agency


def test_hours_are_read_for_every_day_and_nothing_means_closed(folder):
    hours = folder.load().centre.hours

    assert hours["mon"] == (("09:00", "13:00"), ("14:00", "18:00"))
    assert hours["sun"] == ()


def test_the_width_of_the_paper_sets_the_dots(folder):
    folder.change("config.yaml", ('uri: "virtual:", zone: a', 'uri: "virtual:", paper_width_mm: 58'))

    assert folder.load().printer["slips"].dots == 384


def test_a_configuration_cannot_be_changed(folder):
    config = folder.load()

    with pytest.raises(ValidationError, match="frozen"):
        config.policy.recall_limit = 5


def test_names_in_a_language_that_the_centre_does_not_use_are_left_out(folder):
    folder.change("config.yaml", ("languages: [az, en]", "languages: [en]"))

    config = folder.load()

    assert config.centre.name == {"en": "Centre"}
    assert config.service["birth"].name == {"en": "Birth"}


def test_ten_faults_are_named_at_once_each_at_its_place(folder):
    folder.change(
        "config.yaml",
        ("timezone: Asia/Baku", "timezone: Asia/Baki"),
        ('mon: ["09:00-13:00", "14:00-18:00"]', 'mon: ["18:00-09:00"]'),
        ("registry: {zone: a, series: R}", "registry: {zone: a, series: O}"),
        ("counters:\n", "counters:\n  - {number: 1, zone: bb, agencies: [notary]}\n"),
        ("agencies: [registry], printer: slips", "agencies: [registri], printer: slip"),
        ("    quota_every: 3\n", ""),
        ("recall_limit: 1", "recall_limit: 99"),
        ('uri: "virtual:"', 'uri: "http://10.0.0.21"'),
        ("displays:\n", "display:\n"),
        ("valid_days: 14", 'valid_days: "14"'),
    )
    line = folder.line_of

    problems = folder.problems()

    for start, *words in [
        (f"config.yaml:{line('Asia/Baki')}:13: centre.timezone:", "Asia/Baki", "did you mean `Asia/Baku`?"),
        (f"config.yaml:{line('18:00-09:00')}:11: centre.hours.mon[0]:", "closes at 09:00", "opens at 18:00"),
        (f"config.yaml:{line('series: O')}:31: agencies.registry.series:", "without I and O"),
        (f"config.yaml:{line('zone: bb')}:23: counters[0].zone:", "unknown zone `bb`", "did you mean `b`?"),
        (f"config.yaml:{line('registri')}:14: counters[1].number:", "already used in line"),
        (f"config.yaml:{line('registri')}:37: counters[1].agencies[0]:", "did you mean `registry`?"),
        (f"config.yaml:{line('registri')}:57: counters[1].printer:", "did you mean `slips`?"),
        (f"config.yaml:{line('key: disability')}:5: categories[0]:", "needs `quota_every`"),
        (f"config.yaml:{line('recall_limit')}:17: policy.recall_limit:", "at most 10, not `99`"),
        (f"config.yaml:{line('http:')}:36: printers[0].uri:", "tcp://HOST:9100"),
        (f"config.yaml:{line('display:')}:1: display:", "unknown key", "did you mean `displays`?"),
        (
            f"config.yaml:{line('valid_days')}:15: rating.valid_days:",
            "must be a whole number, not the text `14`",
        ),
    ]:
        found = [problem for problem in problems if problem.startswith(start)]
        assert len(found) == 1, f"{start}\n" + "\n".join(problems)
        assert all(word in found[0] for word in words), found[0]
    assert len(problems) == 12


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("zones:\n", "prnters: []\nzones:\n", "prnters: unknown key `prnters` (did you mean `printers`?)"),
        ("recall_limit: 1", "recal_limit: 1", "policy.recal_limit: unknown key `recal_limit` (did you mean"),
        ("  recall_limit: 1\n", "", "policy.recall_limit: is missing"),
        ("recall_limit: 1", "recall_limit: often", "must be a whole number, not the text `often`"),
        ("recall_limit: 1", "recall_limit: -1", "must be at least 0, not `-1`"),
        ("recall_limit: 1", "recall_limit:", "must be a whole number, not nothing"),
        ("recall_limit: 1", "recall_limit: yes", "must be a whole number, not the text `yes`"),
        ("closing: expire", "closing: expires", "not `expires` (did you mean `expire`?)"),
        (
            "walk_in: 15",
            "walkin: 15",
            "policy.target_minutes.walkin: unknown key `walkin` (did you mean `walk_in`?)",
        ),
        ("languages: [az, en]", "languages: [az, kk]", "there are no translations for `kk`"),
        ("languages: [az, en]", "languages: [az, en, az]", "centre.languages[2]: `az` is already used"),
        ("name: {az: Mərkəz, en: Centre}", "name: {az: Mərkəz}", "centre.name: is missing in en"),
        (
            "{az: solda, en: on the left}",
            "{az: solda, eng: left}",
            "unknown language `eng` (did you mean `en`?)",
        ),
        ("mon: [", "monday: [", "centre.hours.monday: must be"),
        ('"14:00-18:00"', '"12:00-18:00"', "opens at 12:00 before it has closed at 13:00"),
        ('"14:00-18:00"', "14:00", 'hours are written "09:00-18:00", not "14:00"'),
        ('"14:00-18:00"', '"14:00-18:60"', "hours are written"),
        ("date: 2026-03-20", "date: 2026-02-30", "there is no day 2026-02-30"),
        ("date: 2026-03-20", "date: tomorrow", "must be a day such as 2026-11-24"),
        ("number: 2", "number: 1", "counters[1].number: `1` is already used in line 20"),
        ("number: 2", "number: two", "counters[1].number: must be a whole number"),
        ("key: b,", "key: a,", "zones[1].key: `a` is already used"),
        ("agencies: [notary], arrow: left", "arrow: left", "counters[1]: serves nothing"),
        (
            "zone: b, agencies: [notary]",
            "zone: b, agencies: [registry]",
            "none of its agencies' services wait in its",
        ),
        (
            "notary: {zone: b",
            "notari: {zone: b",
            "agencies.notari: `notari` is not in agencies.csv (did you mean",
        ),
        (
            "copy: {target",
            "kopy: {target",
            "services.kopy: `kopy` is not in services.csv (did you mean `copy`?)",
        ),
        ("target_minutes: 8", "target_minutes: 0", "services.copy.target_minutes: must be at least 1"),
        ("arrow: left", "arrow: lefft", "(did you mean `left`?)"),
        ("arrow: left", "services: [brith]", "unknown service `brith` (did you mean `birth`?)"),
        ("effect: quota", "effect: credit", "effect `credit` needs `credit_minutes`"),
        ("effect: quota", "effect: first", "effect `first` takes no `quota_every`"),
        ('uri: "virtual:"', "uri: tcp://printer", "must be a host and a port"),
        ('uri: "virtual:"', "uri: tcp://printer:99999", "tcp://printer:99999"),
        ('uri: "virtual:"', "uri: tpc://printer:9100", "(did you mean `tcp`?)"),
        ("name: Slips", "name: ' '", "is not a text of one line"),
        ("{key: slips", "{key: Slips!", "is not a key: small letters"),
        ("zone: b}", "zone: c}", "displays[0].zone: unknown zone `c`"),
        ("series: N", "series: NNN", "is not a series"),
        ("rating:\n", "rating: []\nratings:\n", "rating: must be keys and values"),
        ("displays:\n  - {key", "displays:\n  {key", "displays: must be a list"),
        ("policy:\n", "policies:\n", "`policy` is missing"),
        ("prompt: print", "prompt: print\n  prompt: none", "rating.prompt: stands here a second time"),
        ("prompt: print", "7: print", "a key must be a word"),
        ("prompt: print", "prompt: &a [*a]", "refers to itself"),
    ],
)
def test_a_fault_is_said_in_plain_words(folder, old, new, said):
    folder.change("config.yaml", (old, new))

    problems = folder.problems()

    assert any(said in problem for problem in problems), "\n".join(problems)


def test_services_that_no_counter_of_their_zone_serves_are_named_with_their_agency(folder):
    folder.change("config.yaml", ("zone: a, agencies: [registry]", "zone: a, services: [death]"))

    [problem] = folder.problems()

    line = folder.line_of("registry: {zone")
    assert problem.startswith(f"config.yaml:{line}:3: agencies.registry: no counter of zone `a`")
    assert problem.endswith("serves birth")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "1:1", "the file is empty"),
        ("# nothing\n", "1:1", "the file is empty"),
        ("- a\n- b\n", "1:1", "must be keys and values"),
        ("centre: {key: [\n", "2:1", "not valid YAML"),
        ("centre:\n\tkey: a\n", "2:1", "not valid YAML"),
        ("centre: @home\n", "1:9", "not valid YAML"),
        ("centre: !!python/object:os.system x\n", "1:9", "not valid YAML"),
        (b"centre:\n  key: \xff\n", "2:1", "not UTF-8: byte 0xff"),
        ("centre: \x07\n", "1:1", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_configuration_is_named_without_a_traceback(folder, text, place, said):
    folder.write("config.yaml", text)

    problems = folder.problems()

    assert problems[0].startswith(f"config.yaml:{place}: ")
    assert said in problems[0]


def test_any_value_of_the_wrong_kind_is_named_and_never_a_traceback(folder):
    whole = yaml.safe_load(CENTRE)
    kinds = cycle([[[{}]], {"x": {"y": []}}])
    assert is_accepted(folder, whole)

    unnoticed = [
        path for path in every_place(whole) if is_accepted(folder, replaced(whole, path, next(kinds)))
    ]

    assert unnoticed == []


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigErrors, match=r"^config.yaml:1:1: cannot be read: no such file"):
        load(tmp_path / "config.yaml")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "services.csv",
            ("copy,notary", "copy,notari"),
            "services.csv:4:2: copy.agency: unknown agency `notari` (did",
        ),
        (
            "services.csv",
            ("copy,notary", "birth,notary"),
            "services.csv:4:1: birth.key: the same key as in line 2",
        ),
        ("services.csv", ("Copy,8", "Copy,eight"), "services.csv:4:6: copy.minutes: `eight` is not a number"),
        (
            "services.csv",
            ("walk_in;appointment", "walkin"),
            "services.csv:2:8: birth.channels: unknown channel",
        ),
        ("services.csv", ("ID card; fee", "ID card; fees"), "services.csv:2:9: birth.bring: unknown item"),
        ("services.csv", ("Surət,Copy", "Surət,"), "services.csv:4:5: copy.name_en: has no name in `en`"),
        (
            "services.csv",
            ("Surət,Copy,8", "Surət,8"),
            "services.csv:4:1: 10 fields where the first line has 11",
        ),
        (
            "services.csv",
            ("minutes,minutes_basis", "minuts,minutes_basis"),
            "services.csv:1:6: minuts: unknown column",
        ),
        (
            "services.csv",
            ("papers,Surət", "paper,Surət"),
            "services.csv:4:3: copy.group: unknown group `paper`",
        ),
        ("services.csv", ("Surət", '"Su"rət'), "services.csv:4:1: not valid CSV"),
        (
            "agencies.csv",
            ("notary,state", "notary,public"),
            "agencies.csv:3:2: notary.kind: unknown kind `public`",
        ),
        ("agencies.csv", ("key,kind", "key"), "agencies.csv:1:1: kind: column `kind` is missing"),
        ("groups.csv", ("papers,", ","), "groups.csv:3:1: key: is empty"),
    ],
)
def test_a_fault_in_the_catalogue_is_named_with_file_line_and_field(folder, name, change, said):
    folder.change(name, change)

    problems = folder.problems()

    assert any(problem.startswith(said) for problem in problems), "\n".join(problems)


def test_a_catalogue_in_another_encoding_is_named_with_its_line(folder):
    folder.write("services.csv", CATALOGUE["services.csv"].encode("utf-8").replace("ü".encode(), b"\xfc"))

    [problem] = folder.problems()

    assert problem == "services.csv:3:1: not UTF-8: byte 0xfc (save it as CSV UTF-8)"


def test_a_missing_catalogue_is_named_and_makes_no_other_noise(folder):
    (folder.path / "services.csv").unlink()

    assert folder.problems() == ["services.csv:1:1: cannot be read: no such file or directory"]


def test_a_catalogue_saved_by_a_spreadsheet_is_read(folder):
    text = CATALOGUE["services.csv"].replace("\n", "\r\n") + "\r\n"
    folder.write("services.csv", b"\xef\xbb\xbf" + text.encode())

    assert len(folder.load().services) == 3


def test_a_row_over_several_lines_counts_from_its_first_and_keeps_the_others_right(folder):
    folder.change("services.csv", ("Birth,20", '"Birth\nof a child",x'), ("Copy,8", "Copy,y"))

    long_row, later_row = folder.problems()

    assert long_row.startswith("services.csv:2:6: birth.minutes:")
    assert later_row.startswith("services.csv:5:6: copy.minutes:")


def test_every_key_is_explained():
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")

    unexplained = {
        f"{name}.{key}"
        for name, section in SECTIONS.items()
        for key in section.model.model_fields
        if f"`{key}`" not in page.split(f"## `{name}`")[1].split("\n## ")[0]
    }

    assert unexplained == set()


def test_the_digest_follows_the_content_and_nothing_else(folder):
    before = config_digest(folder.load())
    folder.change(
        "config.yaml", ("zones:\n", "# where visitors wait\nzones:\n"), ("  early_minutes: 30\n", "")
    )
    folder.change("config.yaml", ("  closing: expire\n", "  closing: expire\n  early_minutes: 30\n"))
    folder.change("config.yaml", ("rating:\n", "server: {port: 9000}\nrating:\n"))

    same = config_digest(folder.load())
    folder.change("config.yaml", ("late_minutes: 10", "late_minutes: 11"))
    other = config_digest(folder.load())

    assert re.fullmatch(r"[0-9a-f]{64}", before)
    assert before == same
    assert before != other


def test_the_shipped_centre_can_be_moved_with_its_catalogue(tmp_path):
    shutil.copy(SHIPPED, tmp_path)
    shutil.copytree(ROOT / "server" / "catalogue", tmp_path / "server" / "catalogue")

    assert config_digest(load(tmp_path / "config.yaml")) == config_digest(load(SHIPPED))
