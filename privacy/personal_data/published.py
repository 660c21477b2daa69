"""What everybody may read."""

from django.utils.translation import gettext_lazy as _

from privacy.admin import ClauseForm, PublishForm
from privacy.data_map import describe, not_personal
from privacy.models import Clause, ControllerIdentity, Document, GroupSite, Version
from privacy.registers import kept_in, not_kept, register_form

PUBLISHED = _("published for everybody to read")

describe(Document, fields=not_personal(PUBLISHED, "slug"))

describe(
    Version,
    fields=not_personal(
        PUBLISHED,
        *("id", "document", "number", "is_material", "effective_at", "published_at"),
        *("title_kk", "title_ru", "title_en", "summary_kk", "summary_ru", "summary_en"),
        *("record", "digest", "shipped_digest"),
    ),
)

describe(
    Clause,
    fields=not_personal(
        PUBLISHED,
        *("id", "version", "number", "heading_kk", "heading_ru", "heading_en"),
        *("text_kk", "text_ru", "text_en", "covers", "purposes", "is_suspended", "is_generated"),
    ),
)

describe(
    ControllerIdentity,
    fields=not_personal(
        _("how the operator is reached, which the law wants published"),
        *("id", "name", "bin", "address_kk", "address_ru", "address_en", "email", "phone"),
        *("website", "data_protection_contact", "eu_representative"),
        *("supervisory_authority_kk", "supervisory_authority_ru", "supervisory_authority_en"),
    ),
)

describe(GroupSite, fields=not_personal(PUBLISHED, "id", "domain"))

register_form(
    "publish",
    _("Publish"),
    PublishForm,
    purposes=["compliance"],
    fields={
        **kept_in(Version, "is_material", "effective_at"),
        **not_kept(_("It says which words were shown, and is compared with them."), "as_seen"),
    },
)

register_form(
    "clause",
    _("Clauses"),
    ClauseForm,
    purposes=["compliance"],
    fields=kept_in(Clause, "purposes"),
)
