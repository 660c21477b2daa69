from django.db import migrations

CREATE_FUNCTION = """
CREATE FUNCTION privacy_begin_as_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version begins as a draft and is then published'
        USING ERRCODE = 'restrict_violation';
END
$$
"""
CREATE_TRIGGER = """
CREATE TRIGGER begin_as_draft BEFORE INSERT ON privacy_version
FOR EACH ROW WHEN (NEW.published_at IS NOT NULL) EXECUTE FUNCTION privacy_begin_as_draft()
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0005_reason_can_be_emptied")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTION, "DROP FUNCTION privacy_begin_as_draft()"),
        migrations.RunSQL(CREATE_TRIGGER, "DROP TRIGGER begin_as_draft ON privacy_version"),
    ]
