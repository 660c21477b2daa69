from django.db import models
from django.utils.translation import gettext_lazy as _


class ProcessingAct(models.TextChoices):
    """All that may be done with personal data: the closed list of the policy."""

    ACCESS = "access", _("access")
    ACCUMULATION = "accumulation", _("accumulation")
    BLOCKING = "blocking", _("blocking")
    CLARIFICATION = "clarification", _("clarification")
    COLLECTION = "collection", _("collection")
    DELETION = "deletion", _("deletion")
    DEPERSONALISATION = "depersonalisation", _("depersonalisation")
    DISTRIBUTION = "distribution", _("distribution")
    PROVISION = "provision", _("provision")
    RECORDING = "recording", _("recording")
    STORAGE = "storage", _("storage")
    SYSTEMATISATION = "systematisation", _("systematisation")
    TRANSFER = "transfer", _("transfer")
    UPDATING = "updating", _("updating")
    OTHER = "other", _("other use")
