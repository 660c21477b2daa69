"""A moderator takes off a seller's page what breaks the rules; a letter brings the words back."""

import hashlib

from django.db import transaction

from accounts.models import User
from moderation.deciding import refuse_own
from moderation.letters import tell_of_removal
from moderation.models import Removal
from moderation.reasons import rules_of
from moderation.rules import Rule, RulesInForce, WithoutRule
from sellers import logos
from sellers.models import Seller

Part = Removal.Part
COLUMNS = {Part.ABOUT_KK, Part.ABOUT_RU, Part.ABOUT_EN, Part.WEBSITE}


class Overtaken(Exception):
    """The page does not say any more what the moderator has read."""


def said_by(seller: Seller) -> dict[Part, str]:
    """What stands on the page, part by part; of a logo the name of its files."""
    methods = [*seller.shipping.all(), *seller.payment.all()]
    said = {
        Part.LOGO: seller.logo,
        **{Part(name): getattr(seller, name) for name in Part.values if name in COLUMNS},
        Part.CONDITIONS: lines(method.conditions for method in methods),
        Part.NOTES: lines(phone.note for phone in seller.phones.order_by("pk")),
    }
    return {part: text for part, text in said.items() if text}


def lines(texts):
    return "\n".join(filter(None, texts))


def edition(said: dict[Part, str]) -> str:
    """Names what there was to read."""
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def remove(
    seller: Seller,
    by: User,
    parts: list[Part],
    reasons: list[str],
    note: str = "",
    rule: Rule | None = None,
    *,
    rules: RulesInForce,
    seen: str,
) -> Removal:
    refuse_own(seller.pk, by)
    cited = rules_of(reasons, rules) + ([rule] if rule else [])
    if not cited:
        raise WithoutRule
    with transaction.atomic():
        seller = Seller.objects.select_for_update().get(pk=seller.pk)
        said = said_by(seller)
        if edition(said) != seen:
            raise Overtaken
        for part in parts:
            clear(seller, part)
        seller.save(update_fields=["changed_at", *COLUMNS.intersection(parts)])
        removal = Removal.objects.create(
            seller=seller,
            by=by,
            parts=parts,
            reasons=reasons,
            rules=list(dict.fromkeys(map(str, cited))),
            note=note,
        )
        texts = [(part.label, said[part]) for part in map(Part, parts) if part != Part.LOGO]
        tell_of_removal(seller, removal, texts)
    return removal


def clear(seller, part):
    match part:
        case Part.LOGO:
            logos.remove(seller)
        case Part.CONDITIONS:
            seller.shipping.update(conditions="")
            seller.payment.update(conditions="")
        case Part.NOTES:
            seller.phones.update(note="")
        case _:
            setattr(seller, part, "")
