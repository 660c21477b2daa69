from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371


def kilometres(here, there) -> int:
    """As the crow flies, between two rows with coordinates."""
    north, south = radians(here.latitude), radians(there.latitude)
    arc = (
        sin((south - north) / 2) ** 2
        + cos(north) * cos(south) * sin(radians(there.longitude - here.longitude) / 2) ** 2
    )
    return round(2 * EARTH_KM * asin(sqrt(min(arc, 1))))
