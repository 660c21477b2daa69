"""To whom somebody's data was given or shown. Written in the transaction in which they get it."""

from privacy.models import Disclosure, StaffAccess, Subject
from privacy.purposes import PURPOSES


def disclose(
    subject: Subject, recipient, name: str, *, fields: list[str], purpose: str, about: str
) -> Disclosure:
    """Note which fields a seller gets to see; `name` is what the seller is called today."""
    return Disclosure.objects.create(
        subject=subject,
        kind=Disclosure.Kind.SELLER,
        recipient_number=recipient.pk,
        recipient_name=name,
        fields=sorted(fields),
        purpose=purpose,
        basis=PURPOSES[purpose].basis,
        about=about,
    )


def show_to_staff(
    subject: Subject, by: Subject, *, reason: str, fields: list[str], about: str
) -> StaffAccess:
    """Note that staff had masked data of this person shown, and what for."""
    return StaffAccess.objects.create(
        subject=subject, by=by, reason=reason, fields=sorted(fields), about=about
    )
