"""What an erasure of people asks of this app."""

from listings import erasing
from listings.models import Listing
from privacy.erasure import registry

registry.SETTLE.append(erasing.settle)
registry.FILES.append(erasing.files_left)
registry.REWRITTEN[Listing] = erasing.file_anew
