"""An agency's file: every fault of every row is found, and encodings are told apart or refused."""

from __future__ import annotations

import codecs

import pytest

from server.domain.contacts import Contact
from server.domain.result_file import MAX_ROWS, Known, decode, read_file

KNOWN = Known(("ready_doc", "id_ready"), ("az", "ru"), ("email", "sms"), "994")
HEAD = "service,reference\n"


def read(text, known=KNOWN):
    return read_file(text.encode() if isinstance(text, str) else text, known)


def faults(text, known=KNOWN):
    return [(fault.row, fault.column, fault.key) for fault in read(text, known).faults]


def test_a_good_file_is_read_whole():
    file = read(
        "\ufeffReference;SERVICE;language;email;phone;valid_days\r\n"
        "A-12/4;ready_doc;ru;Leyla@Example.az;;10\r\n"
        "\r\n"
        '"№ 7";id_ready;;;050 123 45 67;\r\n'
    )

    assert file.faults == []
    first, second = file.rows
    assert (first.row, first.reference, first.language, first.valid_days) == (2, "A-12/4", "ru", 10)
    assert first.contact == Contact("email", "Leyla@example.az")
    assert (second.row, second.contact) == (4, Contact("sms", "+994501234567"))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("ready_doc,\n", [(2, "reference", "missing")]),
        (",A-1\n", [(2, "service", "missing")]),
        ("unknown,A-1\nready_doc,=1+1\n", [(2, "service", "service"), (3, "reference", "reference")]),
        ("ready_doc,A-1\nready_doc,a-1\n", [(3, "reference", "double")]),
        ("ready_doc,A-1,x\n", [(2, None, "too_many_cells")]),
        ("ready_doc," + "x" * 301 + "\n", [(2, "reference", "too_long"), (2, "reference", "reference")]),
        ('ready_doc,"A-1\n', [(0, None, "quotes")]),
        ("ready_doc,<script>\n", [(2, "reference", "reference")]),
        ("", [(0, None, "no_rows")]),
    ],
)
def test_each_fault_is_named_with_its_row(rows, found):
    file = read(HEAD + rows)

    assert [(fault.row, fault.column, fault.key) for fault in file.faults] == found
    assert file.rows == []


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("xx,,,", ("language", "language")),
        (",leyla@,,", ("email", "email")),
        (",,123,", ("phone", "phone")),
        (",a@b.az,0501234567,", ("phone", "two_contacts")),
        (",,,0", ("valid_days", "valid_days")),
        (",,,ten", ("valid_days", "valid_days")),
        (",,,366", ("valid_days", "valid_days")),
        (",,,12345678", ("valid_days", "valid_days")),
    ],
)
def test_cells_that_cannot_be_are_named_with_their_column(cells, found):
    text = f"service,reference,language,email,phone,valid_days\nready_doc,A-1,{cells}\n"

    assert faults(text) == [(2, *found)]


def test_a_contact_that_cannot_be_told_is_refused():
    nobody = Known(("ready_doc",), ("az",), (), "994")

    assert faults("service,reference,email\nready_doc,A-1,a@b.az\n", nobody) == [(2, "email", "no_email")]
    assert faults("service,reference,phone\nready_doc,A-1,0501234567\n", nobody) == [(2, "phone", "no_sms")]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("service,number\n", [(1, "reference", "column_missing"), (1, "number", "column_unknown")]),
        ("service,reference,service\n", [(1, "service", "column_twice")]),
        ("ready_doc,A-1\n", [(1, "service", "column_missing"), (1, "reference", "column_missing")]),
    ],
)
def test_wrong_columns_are_named_before_any_row_is_read(head, found):
    assert [each for each in faults(f"{head}ready_doc,A-1\n") if each in found] == found


GOOD = "service;reference\nready_doc;A-1\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (GOOD.encode(), "utf-8"),
        (GOOD.encode("utf-8-sig"), "utf-8"),
        (GOOD.encode("utf-16"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), "utf-16-be"),
        (GOOD.replace("A-1", "ЗВ-1 паспорт").encode("cp1251"), "cp1251"),
        (f"sep=;\n{GOOD}".encode(), "utf-8"),
        (GOOD.replace(";", "\t").encode(), "utf-8"),
    ],
)
def test_what_spreadsheets_write_is_read(data, encoding):
    file = read(data)

    assert (file.faults, file.encoding, len(file.rows)) == ([], encoding, 1)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (GOOD.replace("A-1", "şəhər".replace("ə", "e")).encode("cp1254"), "encoding"),
        (GOOD.replace("A-1", "Gəncə".replace("ə", "ý")).encode("latin-1"), "encoding"),
        (GOOD.encode("utf-16-le"), "no_text"),  # without its mark
        (codecs.BOM_UTF16_LE + b"a", "encoding"),
        (codecs.BOM_UTF8 + b"\xff", "encoding"),
        (b"PK\x03\x04\x14\x00\x06\x00", "no_text"),  # a workbook
        (b"\x98\x98", "encoding"),
        (b"", "empty"),
        (b"\n\n", "empty"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_own_word(data, key):
    file = read(data)

    assert [(fault.row, fault.key) for fault in file.faults] == [(0, key)]


def test_words_of_one_alphabet_are_taken_for_what_they_are():
    assert decode("Баку; Gence".encode("cp1251")) == ("Баку; Gence", "cp1251")
    assert decode("Öz ünvanı".encode("cp1254"))[0] is None


def test_too_many_rows_are_refused():
    rows = "".join(f"ready_doc,A-{number}\n" for number in range(MAX_ROWS + 1))

    assert faults(HEAD + rows) == [(0, None, "too_many")]
