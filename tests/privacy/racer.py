"""One of two processes that act on the same consent at the same moment: see test_consents_race.

Reads lines `subject moment` and acts when the moment has come.
"""

import sys
import time

import django


def main(act):
    django.setup()
    from privacy.consents import WithdrawnSince, give, withdraw
    from privacy.ledger import Occasion
    from privacy.models import Subject
    from privacy.models.consents import text_hash
    from privacy.sentences import consent_sentence

    occasion = Occasion("race", act)
    shown = text_hash(consent_sentence("news", "email"))
    print("ready", flush=True)
    for line in sys.stdin:
        pk, moment = line.split()
        subject = Subject(pk=pk)
        time.sleep(max(0, float(moment) - time.time()))
        try:
            if act == "give":
                give(subject, "news", "email", occasion, shown=shown, seen=0)
            else:
                withdraw(subject, "news", "email", occasion)
            print("done", flush=True)
        except WithdrawnSince:
            print("refused", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
