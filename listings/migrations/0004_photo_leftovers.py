from django.db import migrations

# However a row goes (by hand, with its ad, with its seller, with its person), its files are noted in
# the same transaction; listings/leftovers.py deletes them when nothing else names them.
CREATE_FUNCTIONS = """
CREATE FUNCTION listings_leave_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.upload <> '' AND (TG_OP = 'DELETE' OR NEW.upload <> OLD.upload) THEN
        INSERT INTO listings_leftover (name, widths, due_at) VALUES (OLD.upload, '{}', now());
    END IF;
    IF OLD.stem <> '' AND (TG_OP = 'DELETE' OR NEW.stem <> OLD.stem) THEN
        INSERT INTO listings_leftover (name, widths, due_at)
        VALUES ('photos/' || left(OLD.stem, 2) || '/' || OLD.stem, OLD.widths, now());
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION listings_leave_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.file <> '' AND (TG_OP = 'DELETE' OR NEW.file <> OLD.file) THEN
        INSERT INTO listings_leftover (name, widths, due_at) VALUES (OLD.file, '{}', now());
    END IF;
    RETURN NULL;
END
$$
"""
DROP_FUNCTIONS = """
DROP FUNCTION listings_leave_photo();
DROP FUNCTION listings_leave_document()
"""


def trigger(table, columns):
    return migrations.RunSQL(
        f"CREATE TRIGGER leave_files AFTER UPDATE OF {columns} OR DELETE ON listings_{table} "
        f"FOR EACH ROW EXECUTE FUNCTION listings_leave_{table}()",
        f"DROP TRIGGER leave_files ON listings_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [("listings", "0004_photo_indexes")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTIONS, DROP_FUNCTIONS),
        trigger("photo", "upload, stem"),
        trigger("document", "file"),
    ]
