"""What becomes of one message. It may have requests taken down and people left in peace; it never
has anything erased, and nothing that is held about anybody leaves by it.
"""

from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from privacy.mailbox.answering import answer_everybody, confirm, tell_operator
from privacy.mailbox.message import Message
from privacy.mailbox.threads import answered_requests, named_requests
from privacy.mailbox.trust import is_authentic
from privacy.mailbox.wishes import wishes_of
from privacy.models import IncomingLetter, Subject
from privacy.models.identifiers import digest, normal_email
from privacy.operator import current_operator
from privacy.people import filed_under
from privacy.requests import receive_request

State = IncomingLetter.State
KNOWN = [Subject.State.ACTIVE, Subject.State.RESTRICTED]


def deal_with(claimed: IncomingLetter, message: Message) -> None:
    """All of it or nothing; and nothing if another worker has the message by now."""
    with transaction.atomic():
        letter = IncomingLetter.objects.held(claimed)
        if letter is None:
            return
        letter.sender = digest("email", message.sender) if message.sender else ""
        letter.digest = digest_of(message)
        lock(letter)
        letter.end(what_becomes(letter, message))


def what_becomes(letter, message) -> State:
    if is_double(letter):
        return State.LEFT
    if not letter.is_decided and (message.is_automatic or is_ours(message.sender)):
        return State.LEFT
    wishes = wishes_of(message)
    if not letter.is_decided:
        letter.kinds = wishes.kinds
        if not (letter.kinds or message.is_answerable) and message.sender:
            return State.LEFT
    # Looked up for everybody, so that the time it takes tells nothing.
    people = known_people(message.sender)
    letter.is_authentic = is_authentic(message)
    if not letter.is_authentic:
        people = []

    thread = thread_of(message, people)
    taken = [receive_request(person, kind) for person in people for kind in letter.kinds]
    new = [request for request, is_new in taken if is_new]
    letter.requests.set({request for request, _ in taken}.union(thread))
    if new:
        confirm(message, new, wishes.language)
        letter.answered_at = timezone.now()
        tell_operator(letter, new)
        # Somebody looks whether we understood all of it.
        return State.UNCLEAR if len(letter.kinds) > 1 and not letter.is_decided else State.TAKEN
    if thread:
        return State.REPLY
    is_told = tell(letter, message, [request for request, _ in taken], wishes.language)
    if taken:
        return State.TAKEN
    return State.ANSWERED if letter.kinds and is_told else State.UNCLEAR


def tell(letter, message, standing, language) -> bool:
    """One letter a day to an address, however many messages bear it; whether it has one."""
    if not message.is_answerable:
        return False
    since = timezone.now() - IncomingLetter.ANSWERED_ONCE_IN
    answered = IncomingLetter.objects.filter(sender=letter.sender, answered_at__gt=since)
    if not answered.exists():
        confirm(message, standing, language) if standing else answer_everybody(message, language)
        letter.answered_at = timezone.now()
    return True


def known_people(sender):
    found = [p for p in filed_under(sender) if p.state in KNOWN] if sender else []
    # In the order in which others lock them.
    return sorted(found, key=lambda person: person.pk)


def thread_of(message, people):
    """The requests that are answered: by the number of our letter, or by theirs in the subject if
    they are the sender's.
    """
    if thread := answered_requests(message.references):
        return thread
    keys = {person.pk for person in people}
    return [r for r in named_requests(message.subject) if r.subject_id in keys]


def is_double(letter):
    same = IncomingLetter.objects.filter(digest=letter.digest).exclude(pk=letter.pk)
    return same.exists()


def is_ours(sender):
    """Whoever answered these would write to themselves."""
    ours = (
        settings.DEFAULT_FROM_EMAIL,
        settings.SERVER_EMAIL,
        current_operator().email,
        unquote(urlsplit(settings.MAILBOX_URL).username or ""),
    )
    return bool(sender) and normal_email(sender) in {normal_email(parseaddr(a)[1]) for a in ours}


def lock(letter):
    """Of one sender one message at a time, so that doubles meet and answers are counted."""
    key = int((letter.sender or letter.digest)[:15], 16)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def digest_of(message):
    sealed = salted_hmac("privacy.mailbox", message.identity, secret=settings.PRIVACY_KEY)
    return sealed.hexdigest()
