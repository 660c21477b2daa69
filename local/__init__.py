"""The portal on a machine where nothing is installed: what the Makefile calls.

Production never imports this package.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tell(sentence: str) -> None:
    """Say it beside the output of the command, which may be read by a program."""
    print(sentence, file=sys.stderr, flush=True)


class Trouble(Exception):
    """Something only a person can mend. The message says what is wrong and what to do."""
