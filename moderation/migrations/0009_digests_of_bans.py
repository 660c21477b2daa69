"""Whom a ban means is kept as a keyed digest. On the way back what cannot be turned back stands,
for as long as it lasts, in the column of masks, where it means nobody.
"""

import re

from django.db import migrations

from moderation.models.ban import known_by

COLUMNS = {"email": "email_mask", "phone": "phone", "bin": "bin", "network": "network"}
SET_ASIDE = re.compile(r"(\w+):([0-9a-f]{64}):(.*)")


def digest(apps, schema_editor):
    for ban in apps.get_model("moderation", "Ban").objects.filter(user=None, digest=""):
        if aside := SET_ASIDE.fullmatch(ban.email_mask):
            ban.kind, ban.digest, ban.hint = aside.groups()
        else:
            given = {kind: str(getattr(ban, column) or "") for kind, column in COLUMNS.items()}
            kind, value = next(one for one in given.items() if one[1])
            for name, kept in known_by(kind, value).items():
                setattr(ban, name, kept)
        for column in COLUMNS.values():
            setattr(ban, column, "")
        ban.save(update_fields=["kind", "digest", "hint", *COLUMNS.values()])


def set_aside(apps, schema_editor):
    for ban in apps.get_model("moderation", "Ban").objects.exclude(digest=""):
        if ban.hint and not ban.hint.endswith("•"):
            setattr(ban, COLUMNS[ban.kind], ban.hint)
        else:
            ban.email_mask = f"{ban.kind}:{ban.digest}:{ban.hint}"
        ban.kind = ban.digest = ban.hint = ""
        ban.save(update_fields=["kind", "digest", "hint", *COLUMNS.values()])


class Migration(migrations.Migration):
    dependencies = [("moderation", "0008_bans_by_digest")]

    operations = [migrations.RunPython(digest, set_aside)]
