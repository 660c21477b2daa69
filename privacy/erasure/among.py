"""`pk__among=keys`: like `__in`, with all keys as one array. Django spells out each of hundreds, in
every one of the many statements of an erasure.
"""

from django.db.models import Field, Lookup


@Field.register_lookup
class Among(Lookup):
    lookup_name = "among"

    def get_prep_lookup(self):
        return f"{{{','.join(map(str, self.rhs))}}}"

    def get_db_prep_lookup(self, value, connection):
        return "%s", [value]

    def as_sql(self, compiler, connection):
        keys, params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{keys} = ANY(%s::{kind}[])", [*params, self.rhs]
