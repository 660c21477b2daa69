"""Tables that spreadsheets open without computing anything."""

import csv
import io
import re

# Programs take a cell that begins so for a formula: OWASP, CSV injection. Cells begin where the
# program thinks so: Excel in Russian or Kazakh parts them by semicolons, and knows no quotes then.
BEGINS_A_FORMULA = re.compile(
    r"(^|[;\t\r\n])(?=[\s\"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20])"
)
BOM = "\ufeff"


def line_of(row):
    line = io.StringIO()
    csv.writer(line).writerow(row)
    return line.getvalue()


def harmless(cell):
    """With an apostrophe before what a spreadsheet would compute."""
    if cell is None:
        return ""
    return BEGINS_A_FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell
