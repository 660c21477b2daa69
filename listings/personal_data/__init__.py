"""What this app keeps about people, subject by subject: each module declares what it names."""

from listings.personal_data import ads, catalogue, photos, visitors  # noqa: F401
