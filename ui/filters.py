"""What a list of the administration answers to: the filters beside it, and no guesses."""


class OnlyItsFilters:
    """Of a ModelAdmin. Django lets an address ask for any column, `?email__startswith=a`, and so
    learn letter by letter what no page shows.
    """

    def lookup_allowed(self, lookup, value, request=None):
        known = [each[0] if isinstance(each, tuple) else each for each in self.list_filter]
        asked = lookup.split("__")[0]
        return asked in (*known, self.date_hierarchy) and super().lookup_allowed(
            lookup, value, request
        )
