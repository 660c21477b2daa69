"""What this app keeps about people, subject by subject: each module declares what it names."""

from listings.personal_data import (  # noqa: F401 they declare when imported
    ads,
    board,
    catalogue,
    editing,
    erasure,
    photos,
    search,
    visitors,
)
