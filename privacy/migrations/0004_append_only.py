from django.db import migrations

# A statement trigger fires also when no row matches, so a refusal never depends on the data.
# The evidence may be deleted, because erasure must take it away.
PROTECTED = {
    "privacy_consententry": "UPDATE OR DELETE OR TRUNCATE",
    "privacy_requeststep": "UPDATE OR DELETE OR TRUNCATE",
    "privacy_consentevidence": "UPDATE OR TRUNCATE",
}

CREATE_FUNCTION = """
CREATE FUNCTION privacy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_consents_and_requests")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTION, "DROP FUNCTION privacy_refuse_change()"),
        *[
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE {acts} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION privacy_refuse_change()",
                f"DROP TRIGGER append_only ON {table}",
            )
            for table, acts in PROTECTED.items()
        ],
    ]
