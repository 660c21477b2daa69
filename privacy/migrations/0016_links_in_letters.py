import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0015_stored_acts")]

    operations = [
        migrations.CreateModel(
            name="LetterKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(max_length=320, verbose_name="e-mail")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "To see the data"),
                            ("export", "A copy of the data"),
                            ("rectification", "Correction"),
                            ("erasure", "Deletion"),
                            ("restriction", "Restriction of use"),
                            ("objection", "Objection"),
                            ("withdrawal", "Withdrawal of consent"),
                        ],
                        max_length=13,
                        verbose_name="what is asked",
                    ),
                ),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                (
                    "subject",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="privacy.subject",
                    ),
                ),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="written at"
                    ),
                ),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "link in a letter",
                "verbose_name_plural": "links in letters",
                "indexes": [models.Index(fields=["expires_at"], name="letter_key_expires")],
            },
        ),
    ]
