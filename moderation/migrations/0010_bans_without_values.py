from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("moderation", "0009_digests_of_bans")]

    operations = [
        *(
            migrations.RemoveIndex(model_name="ban", name=f"ban_{name}")
            for name in ("email_mask", "phone", "bin", "network")
        ),
        *(
            migrations.RemoveField(model_name="ban", name=name)
            for name in ("email_mask", "phone", "bin", "network")
        ),
        migrations.AddIndex(
            model_name="ban",
            index=models.Index(condition=~Q(digest=""), fields=["digest"], name="ban_digest"),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.CheckConstraint(
                condition=Q(user__isnull=False, kind="", digest="")
                | Q(user=None, kind__in=["email", "phone", "bin", "network"]) & ~Q(digest=""),
                name="ban_known_by_one_thing",
            ),
        ),
    ]
