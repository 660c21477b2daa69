"""`manage.py residue`, as an operator runs it."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests.privacy.residue.planted import EMAIL, NAME, PHONE

pytestmark = pytest.mark.xdist_group("residue")


def run(*arguments, needles, monkeypatch):
    """Its code, what it said and what it complained of."""
    said, complained = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(needles)))
    try:
        call_command("residue", *arguments, stdout=said, stderr=complained)
    except CommandError as error:
        return error.returncode, said.getvalue(), f"{complained.getvalue()}{error}"
    return 0, said.getvalue(), complained.getvalue()


def test_what_is_found_is_told_without_saying_it(aigul, monkeypatch):
    needles = ["", NAME, aigul.email]

    code, said, complained = run(needles=needles, monkeypatch=monkeypatch)

    assert code == 1
    assert "needle 3 as raw: table public.accounts_user: email, (0," in complained
    assert "needle 2" not in complained
    assert aigul.email not in said + complained


def test_nothing_left_ends_well_and_says_how_much_was_searched(db, monkeypatch):
    code, said, complained = run(needles=[NAME, EMAIL, PHONE], monkeypatch=monkeypatch)

    assert (code, complained) == (0, "")
    assert "table public.accounts_user" in said
    assert "Valkey, database 1" in said
    assert said.splitlines()[-1].startswith("Nothing found in ")


def test_needles_come_from_a_file_and_more_is_searched_when_named(db, tmp_path, monkeypatch):
    needles, dump = tmp_path / "needles", tmp_path / "old.dump"
    needles.write_text(f"{EMAIL}\n")
    dump.write_text(f"x{EMAIL}x")

    code, _said, complained = run(
        *("--needles", str(needles), "--also", str(dump)), needles=[], monkeypatch=monkeypatch
    )

    assert code == 1
    assert f"needle 1 as raw: named beside: {dump}" in complained


UNFIT = ["x", "    ", "7777777777", "Қостанай", "Казахстан", "abcd", "aaaaaaaaab"]


@pytest.mark.parametrize("needle", UNFIT)
def test_what_would_be_found_everywhere_is_refused(needle, db, monkeypatch):
    code, said, complained = run(needles=[needle, EMAIL][:1], monkeypatch=monkeypatch)

    assert code == 2
    assert said == ""
    assert "Nothing was searched" in complained


def test_a_place_that_is_not_there_is_no_success(db, tmp_path, monkeypatch):
    missing = tmp_path / "no.dump"

    code, _said, complained = run("--also", str(missing), needles=[EMAIL], monkeypatch=monkeypatch)

    assert code == 2
    assert f"NOT SEARCHED: named beside: {missing}: there is no such file" in complained
