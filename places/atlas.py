"""The map as every process remembers it: a few hundred places, of which each ad names two or
three. To join them to every query of ads takes PostgreSQL longer than to find the ads.
"""

from places.models import Country, District, Region, Settlement
from ui.replicas import from_primary


class Atlas:
    """All places as they were in one edition of the map, archived ones too. Its rows are shared by
    all requests: only to read.
    """

    def __init__(self, edition):
        self.edition = edition
        with from_primary():
            countries, self.regions, self.settlements = (
                kind.objects.defer("shipped").in_bulk() for kind in (Country, Region, Settlement)
            )
            districts = District.objects.in_bulk()
        put(self.regions.values(), country=countries)
        put(districts.values(), region=self.regions)
        put(
            self.settlements.values(),
            country=countries,
            region=self.regions,
            district=districts,
        )


def put(rows, **known):
    """On the rows what they refer to, from what is known. What is not known is read when asked."""
    for row in rows:
        for name, places in known.items():
            field = row._meta.get_field(name)
            key = getattr(row, field.attname)
            if key is None or key in places:
                field.set_cached_value(row, places.get(key))


remembered = {"atlas": None}


def atlas_of(edition) -> Atlas:
    """`edition` is what the database said together with the rows that name the places."""
    known = remembered["atlas"]
    if known is None or edition is None or known.edition != edition:
        known = remembered["atlas"] = Atlas(edition)
    return known


def forget_atlas():
    """The next rows have it read again."""
    remembered["atlas"] = None
