"""Where sellers write their ads, and what runs about them."""

from django.utils.translation import gettext_lazy as _

from listings.listing_form import CategoryFinder, ListingForm, OwnListingsForm
from listings.models import Listing
from listings.tasks import expire_listings, put_away, remind_of_ends
from privacy.registers import Column, kept_in, not_kept, register_form, register_task

CONTENT = [name for name in Listing.CONTENT if name in ListingForm.base_fields]
OFFER = [name for name in Listing.OFFER if name in ListingForm.base_fields]

register_form(
    "ad",
    _("Your ad"),
    ListingForm,
    purposes=["service"],
    fields={**kept_in(Listing, *CONTENT, *OFFER), "town": Column(Listing, "settlement")},
    documents=("privacy", "terms"),
)
register_form(
    "own-ads",
    _("List of your ads"),
    CategoryFinder,
    OwnListingsForm,
    purposes=["service"],
    fields=not_kept(_("It narrows the list that is shown."), "q", "state"),
)

for task in (expire_listings, remind_of_ends, put_away):
    register_task(task)
