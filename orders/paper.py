"""The order on paper: a PDF in the reader's language."""

from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from orders.models import Order
from orders.quantities import in_words, total_of
from ui.money import with_currency

FONTS = Path(__file__).with_name("fonts")
UNKNOWN = "?"
QUIET = (90, 96, 104)
LINES = (200, 196, 188)
HEAD = FontFace(emphasis="BOLD", fill_color=(240, 238, 233))
# Of the width between the margins, in millimetres.
COLUMNS = (8, 76, 28, 34, 34)


class Paper(FPDF):
    def __init__(self, order):
        super().__init__(format="A4")
        self.order = order
        for style, file in (("", "NotoSans-Regular.ttf"), ("B", "NotoSans-Bold.ttf")):
            self.add_font("Noto", style, FONTS / file)
        self.set_margins(15, 15)
        self.set_auto_page_break(True, 20)
        self.set_font("Noto", size=10)
        self.alias_nb_pages()

    def normalize_text(self, text):
        """A question mark for what the font lacks: each such sign would otherwise reach the log."""
        known = {*self.current_font.cmap, ord("\n")}
        signs = super().normalize_text(text)
        return "".join(sign if ord(sign) in known else UNKNOWN for sign in signs)

    def footer(self):
        self.set_y(-15)
        with self.local_context(text_color=QUIET, font_size_pt=8):
            pages = _("page %(page)s of %(pages)s") % {"page": self.page_no(), "pages": "{nb}"}
            self.cell(text=f"Kazvek · {self.order.reference} · {pages}")

    def heading(self, text):
        self.ln(3)
        with self.local_context(font_style="B"):
            self.multi_cell(0, text=text, new_x="LMARGIN", new_y="NEXT")

    def facts(self, pairs):
        for name, value in pairs:
            if value:
                words = f"{name} {value}".strip()
                self.multi_cell(0, 5, words, align="LEFT", new_x="LMARGIN", new_y="NEXT")


def order_form(order: Order, *, with_contacts: bool) -> bytes:
    """The lines are prefetched. Contacts are left out once the reader may not see them."""
    paper = Paper(order)
    paper.set_title(_("Order %(reference)s") % {"reference": order.reference})
    paper.set_creator("Kazvek")
    paper.add_page()
    with paper.local_context(font_style="B", font_size_pt=16):
        paper.multi_cell(0, text=paper.title, new_x="LMARGIN", new_y="NEXT")
    sent = date_format(timezone.localtime(order.created_at), "DATETIME_FORMAT")
    with paper.local_context(text_color=QUIET):
        paper.multi_cell(
            0, 6, f"{sent} · {order.get_state_display()}", new_x="LMARGIN", new_y="NEXT"
        )
    seller = order.seller_then
    paper.heading(_("Seller:"))
    paper.facts([("", seller.name), (_("BIN"), seller.bin), ("", seller.place)])
    paper.heading(_("Buyer:"))
    if with_contacts:
        paper.facts(
            [
                ("", order.full_name),
                ("", order.organization),
                (_("Phone:"), order.phone and order.phone.as_international),
                (_("Email:"), order.email),
                (_("Address:"), order.address),
            ]
        )
    else:
        paper.facts([("", _("The buyer's contacts are not kept any more."))])
    lines_of(paper, order)
    paper.heading(_("Terms"))
    paper.facts(
        [
            (_("Shipping:"), terms(order.get_shipping_display(), order.shipping_conditions)),
            (_("Payment:"), terms(order.get_payment_display(), order.payment_conditions)),
            (_("Comment:"), order.comment if with_contacts else ""),
        ]
    )
    paper.ln(4)
    with paper.local_context(text_color=QUIET, font_size_pt=9):
        paper.multi_cell(0, text=_("Check the final cost and conditions with the seller"))
    return bytes(paper.output())


def lines_of(paper, order):
    paper.ln(4)
    paper.set_draw_color(*LINES)
    paper.set_line_width(0.2)
    with paper.table(
        col_widths=COLUMNS,
        text_align=("RIGHT", "LEFT", "RIGHT", "RIGHT", "RIGHT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=HEAD,
        line_height=5.5,
        padding=1,
    ) as table:
        table.row(["№", _("Goods"), _("Quantity"), _("Price"), _("Sum")])
        for line in order.lines.all():
            title = _("%(title)s (ad № %(number)d)") % {
                "title": line.title,
                "number": line.listing_number,
            }
            table.row(
                [
                    str(line.position),
                    "\n".join([title, *more_of(line)]),
                    f"{in_words(line.quantity)} {line.unit_sign}",
                    price_of(line, order),
                    "" if line.sum is None else amount(line.sum, order),
                ]
            )
    paper.ln(2)
    with paper.local_context(font_style="B", font_size_pt=12):
        paper.multi_cell(0, text=total_of(order), align="RIGHT", new_x="LMARGIN", new_y="NEXT")


def more_of(line):
    if line.vat:
        yield line.get_vat_display()
    if line.delivery_on:
        day = date_format(line.delivery_on, "DATE_FORMAT")
        yield f"{_('Date of delivery')}: {day}"


def price_of(line, order):
    if line.price is None:
        return _("by agreement")
    return f"{amount(line.price, order)}/{line.unit_sign}"


def amount(value, order):
    return with_currency(value, order.currency)


def terms(method, conditions):
    return f"{method}, {conditions}" if conditions else str(method)
