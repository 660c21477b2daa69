"""`pk__among=keys`: like `__in`, with all keys as one array. Django spells out each of hundreds, in
every one of the many statements of an erasure.
"""

from functools import cached_property

from django.db.models import CharField, Field, Lookup


class Keys(dict):
    """Asked about in many statements, and written out once."""

    @cached_property
    def as_array(self):
        return f"{{{','.join(map(element, self))}}}"


def element(key):
    if not isinstance(key, str):
        return str(key)
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@Field.register_lookup
class Among(Lookup):
    lookup_name = "among"

    def get_prep_lookup(self):
        return self.rhs.as_array if isinstance(self.rhs, Keys) else Keys.fromkeys(self.rhs).as_array

    def get_db_prep_lookup(self, value, connection):
        return "%s", [value]

    def as_sql(self, compiler, connection):
        keys, params = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        # A length would cut keys off, and so find others.
        kind = "text" if isinstance(field, CharField) else field.rel_db_type(connection)
        return f"{keys} = ANY(%s::{kind}[])", [*params, self.rhs]
