"""Rates of currencies: read from a file or an address, and put to use in the prices."""

import csv
import io
import json
import urllib.request
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree import ElementTree

from django.db import transaction
from django.db.models import Q

from listings.models import Currency, Listing, Rate, SearchDocument
from listings.reindexing import CHUNK, compare

SAMPLE = Path(__file__).parent / "data" / "sample_rates.csv"
MOST_BYTES = 1024 * 1024
SECONDS = 20
SMALLEST = Decimal("0.000001")
MOST = Decimal(10) ** 6
KNOWN = set(Currency.values) - {Currency.KZT}


class Unreadable(Exception):
    """No rates can be made out; the reason is a sentence for an operator."""


@dataclass(frozen=True)
class Quote:
    currency: str
    on: date
    tenge: Decimal


def read(text: str) -> list[Quote]:
    """CSV or JSON with currency, date, tenge and perhaps units; or the XML of the National Bank."""
    start = text.lstrip("\ufeff \r\n\t")
    try:
        if start.startswith("<"):
            lines = in_xml(start)
        elif start.startswith(("[", "{")):
            lines = in_json(start)
        else:
            lines = list(csv.DictReader(io.StringIO(start)))
        quotes = [quote(line) for line in lines if line["currency"] in KNOWN]
    except (ElementTree.ParseError, ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise Unreadable(f"The rates cannot be read: {error}") from error
    if not quotes:
        raise Unreadable("There is no rate of a currency that the portal knows.")
    return quotes


def in_json(text):
    data = json.loads(text, parse_float=str)
    return data["rates"] if isinstance(data, dict) else data


def in_xml(text):
    # Without its own entities nothing in it can grow or fetch anything.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("The rates declare a document type, which no list of rates needs.")
    return [
        {
            "currency": item.findtext("title", "").strip(),
            "date": item.findtext("pubDate") or item.findtext("date") or "",
            "tenge": item.findtext("description", ""),
            "units": item.findtext("quant", "1"),
        }
        for item in ElementTree.fromstring(text).iter("item")  # noqa: S314 no entities in it
    ]


def quote(line):
    tenge = Decimal(str(line["tenge"]).strip().replace(",", "."))
    units = Decimal(str(line.get("units") or 1).strip())
    if not (tenge.is_finite() and units.is_finite() and units > 0):
        raise ValueError(f"the rate of {line['currency']} is no number")
    worth = (tenge / units).quantize(SMALLEST)
    if not SMALLEST <= worth < MOST:
        raise ValueError(f"the rate of {line['currency']} is out of all measure")
    return Quote(line["currency"], day(str(line["date"]).strip()), worth)


def day(text):
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no date")


def fetch(address: str) -> list[Quote]:
    if not address.startswith("https://"):
        raise Unreadable("RATES_URL must begin with https://")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 https alone
            content = answer.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"The rates cannot be fetched: {type(error).__name__}") from error
    if len(content) > MOST_BYTES:
        raise Unreadable("What came is too long for a list of rates.")
    return read(content.decode(errors="replace"))


def store(quotes: list[Quote], source: Rate.Source) -> int:
    """Save them; what was entered by hand for a day stays. Returns how many are new or changed."""
    changed = 0
    with transaction.atomic():
        for one in sorted(quotes, key=lambda quote: (quote.currency, quote.on)):
            rate, is_new = Rate.objects.select_for_update().get_or_create(
                currency=one.currency,
                on=one.on,
                defaults={"tenge": one.tenge, "source": source},
            )
            if is_new:
                changed += 1
            elif rate.source != Rate.Source.HAND and (rate.tenge, rate.source) != (
                one.tenge,
                source,
            ):
                rate.tenge, rate.source = one.tenge, source
                rate.save(update_fields=["tenge", "source"])
                changed += 1
    return changed


def refresh(behind: int = 0) -> int | None:
    """Compare the next so many prices anew. Returns the last of them, None when there is none."""
    priced = Listing.objects.filter(pk__gt=behind, price__isnull=False)
    foreign = priced.filter(~Q(currency=Currency.KZT)).order_by("pk")
    with transaction.atomic():
        ads = list(foreign.select_for_update(of=["self"]).select_related("category")[:CHUNK])
        if not ads:
            return None
        changed = compare(ads)
        prices = {ad.pk: ad for ad in changed}
        documents = list(SearchDocument.objects.filter(pk__in=prices))
        for document in documents:
            document.price_kzt = prices[document.pk].price_kzt
            document.version = prices[document.pk].version
        SearchDocument.objects.bulk_update(documents, ["price_kzt", "version"])
    return ads[-1].pk
