from django.db import migrations

# The rule is that of `SellerQuerySet.public()`; a test holds the two together.
JUDGE = """
CREATE FUNCTION listings_judge_sellers(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Of two who change something of one seller, the second sees what the first has done.
    PERFORM FROM sellers_seller WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM listings_hiddenseller WHERE seller_id = ANY (ids);
    INSERT INTO listings_hiddenseller (seller_id)
    SELECT seller.id FROM sellers_seller seller
    LEFT JOIN privacy_subject person ON person.id = seller.subject_id
    WHERE seller.id = ANY (ids) AND (
        person.state <> 'active'
        OR NOT EXISTS (
            SELECT FROM sellers_member member
            JOIN accounts_user owner ON owner.id = member.user_id AND owner.is_active
            JOIN privacy_subject answering
                ON answering.id = owner.subject_id AND answering.state = 'active'
            WHERE member.seller_id = seller.id AND member.role = 'owner'
        )
    );
END
$$
"""

OF_SELLER = """
CREATE FUNCTION listings_seller_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM listings_hiddenseller WHERE seller_id = OLD.id;
    ELSE
        PERFORM listings_judge_sellers(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END
$$
"""

OF_MEMBER = """
CREATE FUNCTION listings_member_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM listings_judge_sellers(ARRAY[OLD.seller_id]);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM listings_judge_sellers(ARRAY[NEW.seller_id]);
    END IF;
    RETURN NULL;
END
$$
"""

OF_USER = """
CREATE FUNCTION listings_user_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM listings_judge_sellers(array_agg(seller_id))
    FROM sellers_member WHERE user_id = NEW.id HAVING count(*) > 0;
    RETURN NULL;
END
$$
"""

OF_PERSON = """
CREATE FUNCTION listings_person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM listings_judge_sellers(array_agg(id)) FROM (
        SELECT id FROM sellers_seller WHERE subject_id = NEW.id
        UNION
        SELECT member.seller_id FROM sellers_member member
        JOIN accounts_user owner ON owner.id = member.user_id WHERE owner.subject_id = NEW.id
    ) of_person HAVING count(*) > 0;
    RETURN NULL;
END
$$
"""

TRIGGERS = {
    ("sellers_seller", "INSERT OR DELETE OR UPDATE OF subject_id"): "listings_seller_changed",
    ("sellers_member", "INSERT OR DELETE OR UPDATE"): "listings_member_changed",
    ("accounts_user", "UPDATE OF is_active, subject_id"): "listings_user_changed",
    ("privacy_subject", "UPDATE OF state"): "listings_person_changed",
}

# Of those who were there before the triggers.
JUDGE_ALL = """
SELECT listings_judge_sellers(array_agg(id)) FROM sellers_seller HAVING count(*) > 0
"""

NOTHING = migrations.RunSQL.noop


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0005_search"),
        ("sellers", "0006_authorised_person"),
        ("places", "0001_places"),
        ("accounts", "0001_user"),
        ("privacy", "0001_subject"),
    ]

    operations = [
        migrations.RunSQL(JUDGE, "DROP FUNCTION listings_judge_sellers(bigint[])"),
        migrations.RunSQL(OF_SELLER, "DROP FUNCTION listings_seller_changed()"),
        migrations.RunSQL(OF_MEMBER, "DROP FUNCTION listings_member_changed()"),
        migrations.RunSQL(OF_USER, "DROP FUNCTION listings_user_changed()"),
        migrations.RunSQL(OF_PERSON, "DROP FUNCTION listings_person_changed()"),
        *[
            migrations.RunSQL(
                f"CREATE TRIGGER seller_seen AFTER {events} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {function}()",
                f"DROP TRIGGER seller_seen ON {table}",
            )
            for (table, events), function in TRIGGERS.items()
        ],
        migrations.RunSQL(JUDGE_ALL, NOTHING),
        # What filters name, and the towns that searches measure from, are remembered with the
        # catalogue.
        *[
            migrations.RunSQL(
                "CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
                f"ON places_{table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION listings_catalogue_changed()",
                f"DROP TRIGGER catalogue_changed ON places_{table}",
            )
            for table in ("region", "district", "settlement")
        ],
        # A thousand lexemes would be too few to tell a rare token from a common one.
        migrations.RunSQL(
            "ALTER TABLE listings_searchdocument ALTER COLUMN bag SET STATISTICS 1000",
            "ALTER TABLE listings_searchdocument ALTER COLUMN bag SET STATISTICS -1",
        ),
    ]
