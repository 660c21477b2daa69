"""What the portal noted of watching over itself. Rows are only added."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.consents import canonical, in_utc, keyed_hash


class RetentionRun(models.Model):
    """One night's sweep: how many rows lost what was over, by table, and what stayed too long."""

    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), default=timezone.now)
    swept = models.JSONField(_("rows swept"), default=dict)
    late = models.JSONField(_("rows too late"), default=dict)

    class Meta:
        verbose_name = _("sweep of what is over")
        verbose_name_plural = _("sweeps of what is over")
        ordering = ["-pk"]

    def __str__(self):
        return f"№ {self.pk}"


class SelfCheckRun(models.Model):
    """One hourly look of the portal at itself, sealed over the one before."""

    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), default=timezone.now)
    # By the name of the check: how many faults, and the first of them by their numbers.
    findings = models.JSONField(_("findings"), default=dict)
    # The operator was written to.
    raised_alarm = models.BooleanField(_("raised the alarm"), default=False)
    seal_before = models.CharField(max_length=64, blank=True, unique=True)
    seal = models.CharField(_("seal"), max_length=64)

    class Meta:
        verbose_name = _("self-check")
        verbose_name_plural = _("self-checks")
        ordering = ["-pk"]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def faults(self):
        return sum(finding["count"] for finding in self.findings.values())

    def expected_seal(self):
        return keyed_hash(
            canonical(
                {
                    "before": self.seal_before,
                    "started_at": in_utc(self.started_at),
                    "finished_at": in_utc(self.finished_at),
                    "findings": self.findings,
                    "raised_alarm": self.raised_alarm,
                }
            )
        )
