"""What this app keeps about people, subject by subject: each module declares what it names."""

from listings.personal_data import ads, catalogue, editing, photos, search, visitors  # noqa: F401
