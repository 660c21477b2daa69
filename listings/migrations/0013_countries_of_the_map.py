from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("listings", "0012_erasure_fence")]

    operations = [
        # As for the other places: whoever remembers the map knows by it when to read it again.
        migrations.RunSQL(
            "CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
            "ON places_country "
            "FOR EACH STATEMENT EXECUTE FUNCTION listings_catalogue_changed()",
            "DROP TRIGGER catalogue_changed ON places_country",
        )
    ]
