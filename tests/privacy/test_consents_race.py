import os
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from privacy.consents import allows
from privacy.models import Consent, ConsentEntry, Subject

RACES = 50


def racer(act):
    database = urlsplit(os.environ["DATABASE_URL"])
    url = database._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return subprocess.Popen(
        [sys.executable, "-m", "tests.privacy.racer", act],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "kazvek.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.clause("P5.1c")
@pytest.mark.django_db(transaction=True)
@pytest.mark.proof(every=6)
@pytest.mark.parametrize("batch", range(8))
def test_giving_and_withdrawing_at_the_same_moment_always_ends_in_withdrawn(policy, batch):
    with ExitStack() as stack:
        giver, withdrawer = (stack.enter_context(racer(act)) for act in ("give", "withdraw"))
        assert (giver.stdout.readline(), withdrawer.stdout.readline()) == ("ready\n", "ready\n")
        outcomes, lead = [], 0  # by how many milliseconds the giver starts earlier
        for _race in range(RACES):
            subject = Subject.objects.create()
            start = time.time() + 0.01 + abs(lead) / 1000
            for process, moment in ((giver, start - lead / 1000), (withdrawer, start)):
                process.stdin.write(f"{subject.pk} {moment}\n")
                process.stdin.flush()
            outcomes.append(giver.stdout.readline().strip())
            # Whoever came first has it harder next time, so that each of them does at times.
            lead += 1 if outcomes[-1] == "refused" else -1
            assert withdrawer.stdout.readline() == "done\n"
            assert not allows(subject, "news", "email")
        giver.stdin.close()
        withdrawer.stdin.close()

    assert set(Consent.objects.values_list("act", flat=True)) == {ConsentEntry.Act.WITHDRAWN}
    assert Consent.objects.count() == RACES
    assert set(outcomes) == {"done", "refused"}  # both came first at times
    call_command("ledger", "verify")
