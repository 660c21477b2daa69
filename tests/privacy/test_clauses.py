import pytest
from django.core.management import CommandError, call_command

from privacy.clauses import CLAUSES
from privacy.management.commands import clauses


@pytest.fixture
def checkout(tmp_path, monkeypatch, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "tests").mkdir()
    monkeypatch.setattr(clauses, "TESTS", tmp_path / "tests")
    monkeypatch.setattr(clauses, "TABLE", tmp_path / "clauses.md")
    return tmp_path


def write_test(checkout, text):
    (checkout / "tests" / "test_it.py").write_text(text)


def line_of(checkout, clause):
    [line] = [
        line
        for line in (checkout / "clauses.md").read_text().splitlines()
        if line.startswith(f"| {clause} |")
    ]
    return line


@pytest.mark.parametrize(
    "text",
    [
        '@pytest.mark.clause("P1.1")\ndef test_it(): ...',
        '@pytest.mark.clause("F1", "P1.1")\ndef test_it(): ...',
        'pytestmark = pytest.mark.clause("P1.1")\ndef test_it(): ...',
        'pytestmark = [pytest.mark.django_db, pytest.mark.clause("P1.1")]\ndef test_it(): ...',
        '@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.clause("P1.1"))])\n'
        "def test_it(x): ...",
    ],
)
def test_a_marked_test_proves_its_clause_and_the_others_wait(checkout, text):
    write_test(checkout, text)

    call_command("clauses")

    assert line_of(checkout, "P1.1").endswith("| `tests/test_it.py::test_it` |")
    assert line_of(checkout, "P1.2a").endswith("| *waiting* |")
    assert (checkout / "clauses.md").read_text().count("\n| ") == len(CLAUSES) + 1


def test_a_table_that_is_out_of_date_is_said_and_left_as_it_is(checkout):
    write_test(checkout, '@pytest.mark.clause("P1.1")\ndef test_it(): ...')
    call_command("clauses")
    before = (checkout / "clauses.md").read_text()
    write_test(checkout, '@pytest.mark.clause("P1.2a")\ndef test_it(): ...')

    with pytest.raises(CommandError, match="out of date"):
        call_command("clauses", check=True)

    assert (checkout / "clauses.md").read_text() == before


def test_a_test_for_a_clause_that_does_not_exist_is_named(checkout):
    write_test(checkout, '@pytest.mark.clause("P9.9")\ndef test_it(): ...')

    with pytest.raises(CommandError, match=r"test_it.py::test_it proves P9.9"):
        call_command("clauses")

    assert not (checkout / "clauses.md").exists()
