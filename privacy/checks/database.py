"""What the database really has: columns of raw SQL, tables of removed apps, keys in JSON."""

from django.conf import settings
from django.core.checks import Tags, Warning, register
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from privacy.checks.errors import STORED, error
from privacy.data_map import DATA_MAP, OPAQUE, TABLES
from privacy.erasure.fence import NAME
from privacy.models import Erasure, StaffAccess, StoredAct, Subject

NEWEST_ROWS = 1000
# Staff may still have to look at what a hold keeps, and that must be noted; the erasure itself
# names nobody.
NOT_FENCED = {Erasure, StaffAccess, StoredAct}


@register("data_map", Tags.database)
def check_database(app_configs, databases=None, **kwargs):
    """What the database really has: columns of raw SQL, tables of removed apps, keys in JSON."""
    found = []
    for alias in databases or []:
        try:
            with connections[alias].cursor() as cursor:
                columns = stored_columns(cursor)
            if columns and is_of_other_code(connections[alias]):
                found.append(
                    Warning(
                        f"The database {alias} has not run the same migrations as this code has, "
                        "so its columns were not compared with the data map.",
                        hint=f"Migrate, then run `manage.py check --database {alias}`.",
                        id="data_map.W040",
                    )
                )
            elif columns:
                found += undeclared_columns(columns)
                found += undeclared_keys(alias)
                found += unfenced(alias)
        except DatabaseError as trouble:
            found.append(
                error(
                    41,
                    f"The database {alias} could not be compared with the data map: "
                    f"{type(trouble).__name__}.",
                    "Start it, or give the portal its right address and rights.",
                )
            )
    return found


def unfenced(alias):
    """Where somebody could still be stored who is being erased."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s AND tgenabled <> 'D'",
            [NAME],
        )
        fenced = {table for (table,) in cursor.fetchall()}
    for model in to_be_fenced():
        if model._meta.db_table not in fenced:
            yield error(
                45,
                f"Nothing keeps late writes out of {model._meta.label} while a person is erased.",
                "Fence it in a migration: see privacy/erasure/fence.py.",
            )


def to_be_fenced():
    """What points to a person, or to an account, without a step between."""
    for model, described in DATA_MAP.items():
        if not (described.is_personal and isinstance(described.subject, str)):
            continue
        step, _, rest = described.subject.partition("__")
        leads_to = model._meta.get_field(step).related_model
        is_of_account = rest == "subject" and leads_to._meta.label == settings.AUTH_USER_MODEL
        if (leads_to is Subject or is_of_account) and model not in NOT_FENCED:
            yield model


def stored_columns(cursor):
    """What the catalogue knows. `information_schema` would hide materialized views, and whatever
    the portal's role may not read.
    """
    cursor.execute(
        """
        SELECT CASE WHEN n.nspname = current_schema() THEN c.relname
                    ELSE n.nspname || '.' || c.relname END,
               array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE a.attnum > 0 AND NOT a.attisdropped
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
          AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (
              SELECT FROM pg_depend d
              WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        GROUP BY 1 ORDER BY 1
        """
    )
    return dict(cursor.fetchall())


def is_of_other_code(connection):
    """Before a migration, or after a step back to older code: then columns differ by right."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    run_by_others = {
        migration
        for migration in loader.applied_migrations
        if migration not in loader.disk_migrations and migration[0] in loader.migrated_apps
    }
    return bool(run_by_others or executor.migration_plan(loader.graph.leaf_nodes()))


def undeclared_columns(stored):
    declared = {table: set(described.columns) for table, described in TABLES.items()}
    for model, described in DATA_MAP.items():
        declared[described.table] = set(described.columns) | {
            field.column for field in model._meta.local_concrete_fields
        }
    for table, columns in stored.items():
        if table not in declared:
            yield error(42, f"The table {table} in the database is not in the data map.", STORED)
            continue
        for column in columns:
            if column not in declared[table]:
                yield error(
                    43, f"The column {table}.{column} in the database is undeclared.", STORED
                )


def undeclared_keys(alias):
    """Looks at the newest rows: there a new key shows first, and a big table stays a quick look."""
    for model, described in DATA_MAP.items():
        for name, declared in described.fields.items():
            if declared.keys is None or declared.keys is OPAQUE:
                continue
            rows = model._base_manager.using(alias).order_by("-pk")
            values = rows.values_list(name, flat=True)[:NEWEST_ROWS]
            decode = declared.decode or (lambda value: value)
            unknown = {
                path for value in values for path in keys_beside(decode(value), declared.keys)
            }
            for path in sorted(unknown):
                yield error(
                    44,
                    f"{model._meta.label}.{name} holds the undeclared key {path}.",
                    "Declare it in `keys`, or stop writing it and remove it.",
                )


def keys_beside(value, declared, path=""):
    """The keys in this value that no declaration covers."""
    if isinstance(value, list):
        for item in value:
            yield from keys_beside(item, declared, path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{key}".lstrip(".")
            if key not in declared:
                yield here
            elif declared[key].keys is not OPAQUE:
                yield from keys_beside(inner, declared[key].keys or {}, here)
