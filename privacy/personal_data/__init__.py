"""What privacy itself holds, subject by subject: each module declares what it names.

In this order people read of it.
"""

# ruff: noqa: F401, I001
from privacy.personal_data import letters
from privacy.personal_data import people
from privacy.personal_data import consents
from privacy.personal_data import disclosures
from privacy.personal_data import watch
from privacy.personal_data import restoring
from privacy.personal_data import requests
from privacy.personal_data import exports
from privacy.personal_data import mailbox
from privacy.personal_data import by_letter
from privacy.personal_data import erasure
from privacy.personal_data import published
