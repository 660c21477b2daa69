"""What stands two dozen times in a list of ads. It is written here and not in templates, which
take several times as long to say the same; and as shortly as HTML allows: without quotes around
values that need none, without a class where the place says enough.
"""

import re
from html import escape

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from listings.models import Currency, DealType, PriceKind, Vat
from ui.addresses import address
from ui.money import grouped
from ui.templatetags.ui import icon, recently

register = template.Library()


# Two dozen times on a page the style sheet says the rest.
SOLID = '<svg class="icon icon--solid" aria-hidden="true"'


@register.simple_tag(takes_context=True)
def thumbnail_of(context, card):
    """The main photo, and how many there are; without one the sign of the category."""
    number = len(card.listing.photo_order)
    if card.photo:
        html = f"<img src={escape(card.thumbnail)} alt loading=lazy>"
    else:
        html = icon(context, card.category.icon).replace(SOLID, "<svg aria-hidden=true")
    if number > 1:
        words = ngettext("%(number)s photo", "%(number)s photos", number) % {"number": number}
        html += f"<small>{escape(words)}</small>"
    return mark_safe(html)  # noqa: S308 escaped above


@register.simple_tag
def facts(card):
    """In the six places of its category, of which some may be empty."""
    html = []
    for question, answer in card.facts_in_place:
        if answer is None:
            html.append("<dt></dt><dd>—</dd>")
            continue
        attribute = question.attribute
        sign = f" <i>{escape(attribute.sign)}</i>" if attribute.unit else ""
        name, words = escape(attribute.short_name), escape(answer.words)
        html.append(f"<dt>{name}</dt><dd>{words}{sign}</dd>")
    return mark_safe("".join(html))  # noqa: S308 escaped above


@register.simple_tag
def price(offer, size="", card=None):
    """Of an ad, or of what keeps its price of then, not all of it. With the card of an ad among
    others, by which it is compared.
    """
    if card and card.listing is not offer:
        card = None
    classes = (f" price--{size}" if size else "") + ("" if offer.price else " price--ask")
    deal = ""
    if card and offer.deal_type in (DealType.WANTED, DealType.RENT):
        deal = f"<span>{escape(DealType(offer.deal_type).label)}</span>"
    told = "".join(told_of_price(offer, card))
    name = f'"price{classes}"' if classes else "price"
    return mark_safe(f"<p class={name}>{told}{deal}</p>")  # noqa: S308 escaped below


def told_of_price(offer, card):
    if not offer.price:
        yield f"<b>{escape(capfirst(PriceKind(offer.price_kind).label))}</b>"
        return
    amount = grouped(offer.price)
    if offer.price_kind == PriceKind.FROM:
        amount = _("from %(amount)s") % {"amount": amount}
    elif getattr(offer, "price_to", None):
        amount = f"{amount}–{grouped(offer.price_to)}"
    sign = f"{Currency(offer.currency).label}/{offer.unit_sign}"
    yield f"<b>{escape(amount)}</b><small>{escape(sign)}</small>"
    if getattr(offer, "vat", ""):
        yield f"<span>{escape(Vat(offer.vat).label)}</span>"
    if offer.price_kind == PriceKind.NEGOTIABLE:
        negotiable = _("negotiable")
        yield f"<span>{escape(negotiable)}</span>"
    if card and card.is_converted and offer.price_kzt:
        compared = f"≈ {grouped(offer.price_kzt)} {card.price_sign}"
        yield f'<span class="number">{escape(compared)}</span>'


@register.simple_tag
def name_of(seller):
    """With the sign of those whose papers were seen."""
    if not seller.verified_at:
        return seller.name
    verified = pgettext("seller", "Verified")
    sign = f"<i role=img aria-label={quoted(verified)}></i>"
    return mark_safe(f"{sign} {escape(seller.name)}")  # noqa: S308 escaped above


@register.simple_tag
def meta_of(listing):
    """Where, by whom and since when."""
    place, day = escape(listing.place), escape(recently(listing.sort_at))
    seller, tag = conditional_escape(name_of(listing.seller)), "span"
    if listing.seller.verified_at:
        tag = "b"
    told = f"<span>{place}</span><{tag}>{seller}</{tag}><span>{day}</span>"
    return mark_safe(f"<p class=meta>{told}</p>")  # noqa: S308 escaped above


@register.simple_tag
def title_of(listing):
    """The link that a row or card is, by which its buttons are called."""
    language = listing.language
    lang = "" if language == get_language() else f" lang={language}"
    path, title = escape(listing.get_absolute_url()), escape(listing.title)
    link = f'<a id=l{listing.pk} href="{path}">{title}</a>'
    return mark_safe(f"<h3{lang}>{link}</h3>")  # noqa: S308 escaped above


@register.simple_tag
def button_to_save(listing):
    """Called by the words of the list, and the title: see _buttons.html."""
    path, name = address("listings:save", listing.pk), f"s l{listing.pk}"
    return mark_safe(  # noqa: S308 of numbers and known words
        f'<button class=save formaction={path} aria-labelledby="{name}"></button>'
    )


# Needs no quotes in a page.
PLAIN = re.compile(r"[\w.-]+")


def quoted(value):
    return value if PLAIN.fullmatch(str(value)) else f'"{escape(value)}"'


@register.simple_tag
def options_of(facet, options):
    kind, name = "radio" if facet.kind == "one" else "checkbox", escape(facet.name)
    more = "" if facet.is_exact else "+"
    html = []
    for one in options:
        checked = " checked" if one.is_chosen else ""
        number = "" if one.number is None else f"<i>{grouped(one.number)}{more}</i>"
        choice = f"<input type={kind} name={name} value={quoted(one.value)}{checked}>"
        html.append(f"<label>{choice}{escape(one.label)}{number}</label>")
    return mark_safe("".join(html))  # noqa: S308 escaped above
