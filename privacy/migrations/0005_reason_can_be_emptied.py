from django.db import migrations, models

# The check would forbid what erasure must do. The trigger asks for a reason where a step is
# written, and lets it be emptied once it is there.
DROP_CHECK = "ALTER TABLE privacy_requeststep DROP CONSTRAINT request_refused_with_reason"
# Not validated: reasons that were emptied meanwhile do not come back.
RESTORE_CHECK = """
ALTER TABLE privacy_requeststep ADD CONSTRAINT request_refused_with_reason
CHECK (NOT (state = 'refused' AND reason = '')) NOT VALID
"""

CREATE_FUNCTION = """
CREATE FUNCTION privacy_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'refused' AND NEW.reason = '' THEN
            RAISE EXCEPTION 'a refusal needs a reason' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.reason <> '' OR to_jsonb(NEW) - 'reason' <> to_jsonb(OLD) - 'reason' THEN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""
CREATE_TRIGGER = """
CREATE TRIGGER keep_step BEFORE INSERT OR UPDATE ON privacy_requeststep
FOR EACH ROW EXECUTE FUNCTION privacy_keep_step()
"""


def append_only(acts):
    return (
        f"CREATE TRIGGER append_only BEFORE {acts} ON privacy_requeststep "
        "FOR EACH STATEMENT EXECUTE FUNCTION privacy_refuse_change()"
    )


DROP_APPEND_ONLY = "DROP TRIGGER append_only ON privacy_requeststep"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_append_only")]

    operations = [
        migrations.RunSQL(
            DROP_CHECK,
            RESTORE_CHECK,
            state_operations=[
                migrations.RemoveConstraint("requeststep", "request_refused_with_reason")
            ],
        ),
        migrations.RunSQL(CREATE_FUNCTION, "DROP FUNCTION privacy_keep_step()"),
        migrations.RunSQL(CREATE_TRIGGER, "DROP TRIGGER keep_step ON privacy_requeststep"),
        migrations.RunSQL(
            [DROP_APPEND_ONLY, append_only("DELETE OR TRUNCATE")],
            [DROP_APPEND_ONLY, append_only("UPDATE OR DELETE OR TRUNCATE")],
        ),
        migrations.AlterField(
            "requeststep",
            "reason",
            models.CharField(
                blank=True,
                help_text="Without anybody's name or data: the person reads it.",
                max_length=500,
                verbose_name="reason",
            ),
        ),
    ]
