"""Whether a message is from whom it says, as our own mail server has found."""

import authres
from authres import dmarc
from django.conf import settings

from privacy.mailbox.message import Message

FEATURES = authres.FeatureContext(dmarc)


def is_authentic(message: Message) -> bool:
    """DMARC passed, or a signature or an envelope of the very domain of the sender.

    Only the topmost word counts: what stands below may have come with the message. That our
    server takes out foreign words under its own name is for its administrator to see to.
    """
    if not (settings.MAILBOX_AUTHSERV_ID and message.sender and message.is_plain):
        return False
    try:
        found = FEATURES.parse_value(message.authentication)
    except (authres.AuthResError, RecursionError):  # of comments in comments
        return False
    if (found.authserv_id or "").lower() != settings.MAILBOX_AUTHSERV_ID.lower():
        return False
    domain = message.sender.rpartition("@")[2].lower()
    verdicts = [r for r in found.results if r.method == "dmarc" and r.result != "none"]
    if verdicts:
        # All of them: a second one may have been smuggled in by a value the sender chose.
        return all(r.result == "pass" and domain_in(r.header_from) == domain for r in verdicts)
    return any(
        r.result == "pass" and domain in aligned(r)
        for r in found.results
        if r.method in ("dkim", "spf")
    )


def aligned(result):
    if result.method == "spf":
        return {domain_in(result.smtp_mailfrom)}
    return {domain_in(result.header_d), domain_in(result.header_i)}


def domain_in(value):
    return (value or "").strip().rpartition("@")[2].lower().rstrip(".")
