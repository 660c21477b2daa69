"""What a list of the administration answers to: the filters beside it, and no guesses."""


class OnlyItsFilters:
    """Of a ModelAdmin. Django lets an address ask for any column, `?email__startswith=a`, and so
    learn letter by letter what no page shows.
    """

    def lookup_allowed(self, lookup, value, request=None):
        columns, parameters = {self.date_hierarchy}, set()
        for each in self.list_filter:
            if hasattr(each, "parameter_name"):
                parameters.add(each.parameter_name)
            else:
                columns.add(each[0] if isinstance(each, tuple) else each)
        is_known = lookup in parameters or lookup.split("__")[0] in columns
        return is_known and super().lookup_allowed(lookup, value, request)
