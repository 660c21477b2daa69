"""What this app keeps about people, subject by subject: each module declares what it names."""

from listings.personal_data import ads, board, catalogue, photos, visitors  # noqa: F401
