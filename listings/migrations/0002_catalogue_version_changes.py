from django.db import migrations

TABLES = ["category", "attribute", "choice", "categoryattribute"]

CREATE_FUNCTION = """
CREATE FUNCTION listings_catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Random, so that a number that was rolled back never comes again for another content.
    INSERT INTO listings_catalogueversion (id, number) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number;
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0001_catalogue")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTION, "DROP FUNCTION listings_catalogue_changed()"),
        *[
            migrations.RunSQL(
                "CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
                f"ON listings_{table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION listings_catalogue_changed()",
                f"DROP TRIGGER catalogue_changed ON listings_{table}",
            )
            for table in TABLES
        ],
    ]
