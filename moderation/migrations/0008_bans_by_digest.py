from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0007_erasure_fence")]

    operations = [
        migrations.RemoveConstraint(model_name="ban", name="ban_known_by_one_thing"),
        *(
            migrations.AddField(
                model_name="ban",
                name=name,
                field=models.CharField(blank=True, editable=False, max_length=length, default=""),
                preserve_default=False,
            )
            for name, length in (("digest", 64), ("hint", 254))
        ),
        migrations.AddField(
            model_name="ban",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("email", "e-mail or a mask of e-mails"),
                    ("phone", "phone"),
                    ("bin", "BIN or IIN"),
                    ("network", "addresses of the net"),
                ],
                default="",
                editable=False,
                max_length=7,
                verbose_name="known by",
            ),
            preserve_default=False,
        ),
    ]
