"""What an erasure must remember of the person until it has proved that nothing is left."""

import base64
import hashlib
import hmac
import json
import re
from functools import cache

import phonenumbers
from cryptography.fernet import Fernet
from django.conf import settings

from privacy.models.identifiers import normal_email

# By what a person can be told from all others, and a text can be searched for.
TELLING = ("contact.email", "contact.phone", "seller.number")


@cache
def safe(privacy_key: str) -> Fernet:
    key = hmac.new(privacy_key.encode(), b"erasures", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(facts: dict) -> bytes:
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return safe(settings.PRIVACY_KEY).encrypt(text.encode())


def unseal(secret: bytes) -> dict:
    """Of an empty one nothing is known."""
    return json.loads(safe(settings.PRIVACY_KEY).decrypt(bytes(secret))) if secret else {}


def digits_of(value: str) -> list[str]:
    """How a number is written, but for what stands between its digits."""
    if re.fullmatch(r"\+7\d{10}", value):
        # Nearly all of them; what takes numbers apart takes long.
        national = value[2:]
        return [f"7{national}", f"007{national}", f"8{national}", national]
    try:
        number = phonenumbers.parse(value, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return ["".join(filter(str.isdecimal, value))]
    national = phonenumbers.national_significant_number(number)
    # In the countries around, the eight stands for the way out of one's own region.
    prefix = "8" if number.country_code == 7 else "0"
    international = f"{number.country_code}{national}"
    return [international, f"00{international}", f"{prefix}{national}", national]


def spellings(needles: dict[str, list[str]]) -> tuple[set[str], set[str]]:
    """E-mail addresses in their one spelling, and runs of digits."""
    emails = {normal_email(email) for email in needles.get("contact.email", [])}
    digits = {run for phone in needles.get("contact.phone", []) for run in digits_of(phone)}
    digits.update(needles.get("seller.number", []))
    return emails, {run for run in digits if len(run) >= 7}
