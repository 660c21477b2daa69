"""What axe holds against the page that a browser shows."""

import json

from axe_playwright_python.base import AXE_SCRIPT, AxeResults

# The rules of WCAG 2.2 A and AA, and what axe holds for good habit.
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = json.dumps({"runOnly": STANDARD, "resultTypes": ["violations"]})


def faults(page, within=None):
    """What axe found, in words; empty when the page is as it should be."""
    if not page.evaluate("'axe' in window"):  # half a megabyte, and each page keeps it
        page.evaluate(AXE_SCRIPT)
    part = json.dumps(within) if within else "document"
    found = AxeResults(page.evaluate(f"axe.run({part}, {OPTIONS})"))
    return f"{page.url}\n{found.generate_report()}" if found.violations_count else ""
