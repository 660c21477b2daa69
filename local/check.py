"""`make check`: everything that looks at the code without running the tests."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

from . import ROOT, Trouble, servers

LINES = 40  # of what a failed check says

BIN = Path(sys.executable).parent
TEMPLATES = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]

CHECKS = {
    "code style (ruff check)": ["ruff", "check", "."],
    "code format (ruff format)": ["ruff", "format", "--check", "."],
    "import floors (import-linter)": ["lint-imports"],
    "templates (djade)": ["djade", "--check", "--target-version", "5.2", *TEMPLATES],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "translations": ["python", "manage.py", "translations", "--check"],
    "record of processing": ["python", "manage.py", "record_of_processing", "--check"],
    "clauses and their tests": ["python", "manage.py", "clauses", "--check"],
    "docker-compose.yml": [
        *("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
    ],
}

PRODUCTION = {
    "ALLOWED_HOSTS": "kazvek.example",
    "SITE_URL": "https://kazvek.example",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
    "DEFAULT_FROM_EMAIL": "Kazvek <no-reply@kazvek.example>",
}


def main():
    try:
        servers.join()
    except Trouble as trouble:
        sys.exit(str(trouble))
    os.environ.setdefault("LOCAL", "1")
    for key in ("SECRET_KEY", "PRIVACY_KEY"):
        os.environ.setdefault(key, secrets.token_hex(32))
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if failed:
        sys.exit(f"\n{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}")
    print(f"\nAll {len(CHECKS)} checks passed.")


def passes(name: str, command: list[str]) -> bool:
    program, *arguments = command
    done = subprocess.run(
        [str(BIN / program), *arguments],
        cwd=ROOT,
        env=os.environ | (PRODUCTION | {"LOCAL": "0"} if name == "deployment" else {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"{'failed' if done.returncode else 'passed'}  {name}", flush=True)
    if done.returncode:
        lines = done.stdout.rstrip().splitlines()
        print("\n".join(lines[-LINES:]))
        if len(lines) > LINES:
            print(f"... the last {LINES} of {len(lines)} lines; all: .venv/bin/{' '.join(command)}")
    return not done.returncode


if __name__ == "__main__":
    main()
