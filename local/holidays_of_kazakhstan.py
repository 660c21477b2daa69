"""Writes them down for orders: the package that knows them holds ten megabytes in each process,
the holidays of all other countries among them.
"""

import json

import holidays

from local import ROOT

# No order is older; by then the table is written anew.
YEARS = range(2024, 2051)
TABLE = ROOT / "orders" / "holidays.json"


def written_out() -> list[str]:
    return [day.isoformat() for day in sorted(holidays.country_holidays("KZ", years=YEARS))]


if __name__ == "__main__":
    TABLE.write_text(json.dumps(written_out(), indent=0) + "\n")
