"""What a restored backup must not undo."""

from django.utils.translation import gettext_lazy as _

from privacy.data_map import People, Personal, describe, not_personal
from privacy.models import ComparedDatabase, StoredAct
from privacy.personal_data.consents import STAYS_AS_PROOF, TO_PROVE
from privacy.personal_data.rows import WHOSE
from privacy.registers import register_task
from privacy.restoring.tasks import forget_digests, store_acts

describe(
    StoredAct,
    title=_("What a restored backup must not bring back: deletions and withdrawals"),
    people=People.EVERYBODY,
    subject="subject",
    erase=STAYS_AS_PROOF,
    fields={
        "kind": Personal("consent.act", **TO_PROVE),
        "at": Personal("trace.time", **TO_PROVE),
        "content": Personal(
            "consent.act",
            **TO_PROVE,
            keys={
                **{
                    name: Personal("consent.act", **TO_PROVE)
                    for name in (
                        *("act", "purpose", "channel", "basis", "sentence", "version_digest"),
                        *("language", "form", "button", "sequence"),
                    )
                },
                **not_personal(_("a number that proves the entry of the ledger"), "hash"),
                **not_personal(
                    _(
                        "keyed digests by which somebody who was erased is recognised in a "
                        "restored backup; they go when no such backup is left"
                    ),
                    "digests",
                ),
            },
        ),
        **not_personal(
            _("how far it is written into the store, or done again"), "number", "is_due"
        ),
        **not_personal(_("a random number"), "id"),
        **WHOSE,
    },
)

describe(
    ComparedDatabase,
    fields=not_personal(_("tells this database from one that was restored"), "id", "name"),
)

register_task(store_acts)
register_task(forget_digests)
