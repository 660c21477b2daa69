"""What axe holds against the page that a browser shows."""

from axe_playwright_python.sync_playwright import Axe

# The rules of WCAG 2.2 A and AA, and what axe holds for good habit.
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page, within=None):
    """What axe found, in words; empty when the page is as it should be."""
    found = Axe().run(page, within, options={"runOnly": STANDARD, "resultTypes": ["violations"]})
    return f"{page.url}\n{found.generate_report()}" if found.violations_count else ""
