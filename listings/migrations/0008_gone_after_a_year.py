from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Blocked ads go after a year as archived ones do, and so do the counts of a day."""

    atomic = False

    dependencies = [("listings", "0007_resting_listings")]

    operations = [
        AddIndexConcurrently(
            model_name="listing",
            index=models.Index(
                condition=models.Q(
                    (
                        "state__in",
                        ["draft", "rejected", "blocked", "expired", "sold", "archived"],
                    )
                ),
                fields=["touched_at"],
                name="listing_at_rest",
            ),
        ),
        RemoveIndexConcurrently(model_name="listing", name="listing_resting"),
        AddIndexConcurrently(
            model_name="dailycount", index=BrinIndex(fields=["day"], name="daily_count_day")
        ),
    ]
