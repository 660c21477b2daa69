"""What a list of the administration answers to: the filters beside it, and no guesses."""


class OnlyItsFilters:
    """Of a ModelAdmin. Django lets an address ask for any column, `?email__startswith=a`, and so
    learn letter by letter what no page shows.
    """

    def lookup_allowed(self, lookup, value, request=None):
        known = {self.date_hierarchy, *map(asked_by, self.list_filter)}
        return lookup.split("__")[0] in known and super().lookup_allowed(lookup, value, request)


def asked_by(list_filter):
    """A column, a column with its class, or a class that has a parameter of its own."""
    if isinstance(list_filter, tuple):
        return list_filter[0]
    return getattr(list_filter, "parameter_name", list_filter)
