"""Tables that spreadsheets open without computing anything."""

import csv
import io

# Programs take a cell that begins so for a formula: OWASP, CSV injection.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BOM = "\ufeff"


def line_of(row):
    line = io.StringIO()
    csv.writer(line).writerow(row)
    return line.getvalue()


def harmless(cell):
    """With an apostrophe before what a spreadsheet would compute."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(BEGINS_A_FORMULA):
        return f"'{cell}"
    return cell
