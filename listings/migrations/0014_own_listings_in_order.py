from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.deletion import CASCADE

# Django would take the constraint of the column away, too, and check all rows to bring it back.
INDEX = "listings_listing_seller_id_c51e0dea"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("listings", "0013_countries_of_the_map")]

    operations = [
        AddIndexConcurrently(
            "listing",
            models.Index(
                fields=["seller", "state", "-touched_at", "-id"], name="listing_of_seller_newest"
            ),
        ),
        RemoveIndexConcurrently("listing", "listing_of_seller"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}",
                    f"CREATE INDEX CONCURRENTLY {INDEX} ON listings_listing (seller_id)",
                )
            ],
            [
                migrations.AlterField(
                    "listing",
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=CASCADE,
                        related_name="listings",
                        to="sellers.seller",
                        verbose_name="seller",
                    ),
                )
            ],
        ),
    ]
