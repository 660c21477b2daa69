"""Sales as a table for spreadsheets. What stands in a cell is never a formula."""

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import Order
from ui.spreadsheets import harmless

AT_ONCE = 500


def headings() -> list[str]:
    return [
        *(
            _("Reference"),
            _("Sent"),
            _("State"),
            pgettext("of an order", "Position"),
            _("Ad"),
            _("Goods"),
        ),
        *(_("Quantity"), _("Unit"), _("Price"), _("Currency"), _("Sum"), _("VAT")),
        *(_("Full name"), _("Organization"), _("E-mail"), _("Phone"), _("Address"), _("Comment")),
        *(_("Shipping"), _("Payment"), _("Paid on"), _("Shipped on"), _("Carrier"), _("Waybill")),
    ]


def rows_of(orders) -> Iterator[list]:
    """One for each position; contacts as the seller may still see them."""
    # Rows come bit by bit, which between a pool and the database needs a transaction.
    with transaction.atomic():
        for order in orders.iterator(AT_ONCE):
            contacts = order.contacts_for_seller()
            for line in order.lines.all():
                yield row_of(order, line, contacts)


def row_of(order, line, contacts):
    return [
        order.reference,
        timezone.localtime(order.created_at).replace(tzinfo=None, microsecond=0),
        order.get_state_display(),
        line.position,
        line.listing_number,
        line.title,
        line.quantity,
        str(line.unit_sign),
        line.price,
        order.currency,
        line.sum,
        line.get_vat_display() if line.vat else "",
        *(str(contacts.get(name, "")) for name in Order.CONTACTS),
        order.get_shipping_display(),
        order.get_payment_display(),
        order.paid_on,
        order.shipped_on,
        order.carrier,
        order.waybill,
    ]


def as_csv(orders) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    # With its mark: without it Excel reads Cyrillic as something else.
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    table = csv.writer(text)
    table.writerow(headings())
    for row in rows_of(orders):
        table.writerow(harmless(cell) for cell in row)
    text.detach()
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename="sales.csv", content_type="text/csv; charset=utf-8"
    )


def as_xlsx(orders) -> FileResponse:
    # Only here: it holds 4 MB, and few processes ever write a table.
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, safe | {"constant_memory": True})
    styles = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        Decimal: book.add_format({"num_format": "#,##0.00##"}),
    }
    sheet = book.add_worksheet(_("Sales")[:31])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(headings()) - 1, 16)
    sheet.write_row(0, 0, headings(), book.add_format({"bold": True}))
    for number, row in enumerate(rows_of(orders), start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif cell is not None:
                sheet.write(number, column, cell, styles.get(type(cell)))
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="sales.xlsx")
