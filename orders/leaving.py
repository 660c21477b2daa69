"""What becomes of a seller, with its ads and orders, when somebody who acts for it is left in peace
or deleted. The rules are those of `SellerQuerySet.public()` and of the modules named `erasing`.
"""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from listings.models import Listing
from listings.states import TRANSITIONS, Act, Role
from orders.models import Order
from orders.states import AGREED, OPEN, UNDECIDED
from privacy.consequences import OF_DELETING, OF_STOPPING, Consequence
from privacy.models import Subject
from sellers.models import Member


def while_stopped(person: Subject) -> Iterator[Consequence]:
    for member, others in memberships(person):
        answering = others.answering().exists()
        if member.is_proprietor or (member.is_owner and not answering):
            yield Consequence(member.seller.name, closed())
        elif answering:
            yield Consequence(
                member.seller.name,
                [
                    _(
                        "It stays open, because others answer for it, too: its page, its ads and "
                        "its phones are shown to everybody as before, also what it says of you, "
                        "and orders go on arriving. The letters about them go to the others."
                    )
                ],
            )


def closed():
    return [
        _(
            "It is closed meanwhile, because nobody else answers for it: its page, its ads and its "
            "phones are shown to nobody, and nobody can order."
        ),
        _(
            "Orders that you have already go on, and you can answer them. Its page and every ad "
            "whose term is not over by then come back as soon as the restriction ends."
        ),
    ]


def once_deleted(person: Subject) -> Iterator[Consequence]:
    for member, others in memberships(person):
        seller = member.seller
        if member.is_proprietor:
            said = [_("It is you, so it goes with you. Nobody else can take it over.")]
            yield Consequence(seller.name, said + goes(seller))
        elif not others.exists():
            said = [_("Nobody but you acts for this company, so it goes with you.")]
            yield hand_over(
                seller,
                said + goes(seller),
                _("Invite somebody as its owner first, if it is to go on"),
            )
        elif member.is_owner and not others.owners().exists():
            yield hand_over(seller, stays_without_owner(seller), _("Make a colleague owner first"))
        else:
            yield Consequence(
                seller.name,
                [_("It stays, with its page, its ads and its orders. Only your place in it goes.")],
            )


def goes(seller):
    said = [_("At once its page, ads and phones are shown to nobody, and nobody can order.")]
    if ads := Listing.objects.filter(seller=seller).count():
        said.append(
            ngettext(
                "Then its page is deleted, and %(count)d ad with its photos.",
                "Then its page is deleted, and %(count)d ads with their photos.",
                ads,
            )
            % {"count": ads}
        )
    else:
        said.append(_("Then its page is deleted."))
    return said + of_orders(seller) + [_("Buyers keep their orders with “Deleted seller”.")]


def stays_without_owner(seller):
    said = [
        _(
            "Colleagues act for it, but none of them as its owner: without one it is shown to "
            "nobody, from now on, and nobody can order."
        )
    ]
    live = TRANSITIONS[Role.CLOCK][Act.ARCHIVE][0]
    if ads := Listing.objects.filter(seller=seller, state__in=live).count():
        said.append(
            ngettext(
                "Then %(count)d ad goes into the archive of the company.",
                "Then %(count)d ads go into the archive of the company.",
                ads,
            )
            % {"count": ads}
        )
    return said + of_orders(seller)


def of_orders(seller):
    said, of_seller = [], Order.objects.filter(seller=seller)
    unsent = [*UNDECIDED, *AGREED]
    if orders := of_seller.filter(state__in=unsent).count():
        said.append(
            ngettext(
                "%(count)d order not shipped by then is declined, and its buyer told.",
                "%(count)d orders not shipped by then are declined, and their buyers told.",
                orders,
            )
            % {"count": orders}
        )
    if orders := of_seller.filter(state__in=OPEN).exclude(state__in=unsent).count():
        said.append(
            ngettext(
                "%(count)d order on its way or disputed is brought to its end without you.",
                "%(count)d orders on their way or disputed are brought to their end without you.",
                orders,
            )
            % {"count": orders}
        )
    return said


def hand_over(seller, said, words):
    return Consequence(seller.name, said, reverse("sellers:members"), words)


def memberships(person):
    """Each with those who act for the same seller beside the person."""
    family = Subject.families([person])
    own = Member.objects.filter(user__subject__in=family).select_related("seller", "user")
    for member in own:
        others = Member.objects.filter(seller=member.seller_id)
        yield member, others.exclude(user__subject__in=family)


OF_STOPPING.append(while_stopped)
OF_DELETING.append(once_deleted)
