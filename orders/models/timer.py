from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order


class TimerQuerySet(models.QuerySet):
    def due(self):
        return self.filter(done_at=None, due_at__lte=timezone.now()).order_by("due_at", "pk")


class Timer(models.Model):
    """Something the clock does to an order: due, and not yet done."""

    class Kind(models.TextChoices):
        REMIND = "remind", _("remind of the answer that is awaited")
        EXPIRE = "expire", _("end what nobody answered")
        REMIND_TO_COMPLETE = "finish", _("remind to confirm the delivery")
        COMPLETE = "complete", _("complete what nobody complained of")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="timers")
    kind = models.CharField(max_length=8, choices=Kind)
    due_at = models.DateTimeField()
    # Also when what it waited for has come about otherwise.
    done_at = models.DateTimeField(null=True)

    objects = TimerQuerySet.as_manager()

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(done_at__isnull=True), name="timer_due"
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"
