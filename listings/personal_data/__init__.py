"""What this app keeps about people, subject by subject."""

from listings.personal_data import ads, catalogue, editing  # noqa: F401  (each declares what it names)
