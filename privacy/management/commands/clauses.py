import ast
from collections import defaultdict

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from privacy.clauses import CLAUSES

TESTS = settings.BASE_DIR / "tests"
TABLE = settings.BASE_DIR / "docs" / "clauses.md"


class Command(BaseCommand):
    help = "Write docs/clauses.md: which tests prove which clause, and which clauses still wait."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail when the file is out of date."
        )

    def handle(self, *, check, **options):
        if not TESTS.is_dir():
            raise CommandError("There are no tests here to read: run this in a checkout.")
        proofs = tests_by_clause()
        if unknown := proofs.keys() - CLAUSES.keys():
            clause = min(unknown)
            raise CommandError(
                f"{proofs[clause][0]} proves {clause}, which privacy/clauses.py does not know."
            )
        text = as_table(proofs)
        if not check:
            TABLE.write_text(text, encoding="utf-8")
            self.stdout.write(f"{len(proofs)} of {len(CLAUSES)} clauses have tests.")
        elif not TABLE.exists() or TABLE.read_text(encoding="utf-8") != text:
            raise CommandError("docs/clauses.md is out of date: run `manage.py clauses`.")


def tests_by_clause():
    proofs = defaultdict(list)
    for file in sorted(TESTS.rglob("test_*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        of_module = [clause for node in module.body for clause in marks_of_assignment(node)]
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                place = f"{file.relative_to(settings.BASE_DIR)}::{node.name}"
                marked = [clause for call in node.decorator_list for clause in clauses_in(call)]
                for clause in dict.fromkeys([*of_module, *marked]):
                    proofs[clause].append(place)
    return proofs


def marks_of_assignment(node):
    """`pytestmark = …` marks every test of its file."""
    if isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    ):
        yield from clauses_in(node.value)


def clauses_in(tree):
    """From `pytest.mark.clause("P1.1", "P1.2a")`, also inside a list or a parameter."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "clause"
        ):
            yield from (argument.value for argument in node.args)


def as_table(proofs):
    lines = [
        "# Clauses and their tests",
        "",
        "Made by `manage.py clauses` from the markers of the tests. "
        f"{len(proofs)} of {len(CLAUSES)} clauses have tests; the others wait.",
        "",
        "| clause | what it says | proved by |",
        "|---|---|---|",
    ]
    for clause, title in CLAUSES.items():
        tests = "<br>".join(f"`{place}`" for place in proofs.get(clause, [])) or "*waiting*"
        lines.append(f"| {clause} | {title} | {tests} |")
    return "\n".join(lines) + "\n"
