"""How we watch over ourselves."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from privacy.data_map import OPAQUE, NotPersonal, describe, not_personal
from privacy.models import RetentionRun, SelfCheckRun
from privacy.personal_data.rows import ROW_NUMBER
from privacy.registers import CachePrefix, register_cache, register_task
from privacy.tasks import look_at_ourselves, sweep_what_is_over

describe(
    RetentionRun,
    fields={
        **not_personal(_("when a sweep ran"), "started_at", "finished_at"),
        "swept": NotPersonal(_("how many rows of which table, nobody's"), keys=OPAQUE),
        "late": NotPersonal(_("how many rows of which table, nobody's"), keys=OPAQUE),
        **ROW_NUMBER,
    },
)

describe(
    SelfCheckRun,
    fields={
        **not_personal(_("when a self-check ran"), "started_at", "finished_at"),
        "findings": NotPersonal(
            _("what was found wrong, by the numbers of rows and of people"), keys=OPAQUE
        ),
        **not_personal(_("whether the operator was written to"), "raised_alarm"),
        **not_personal(_("proves that the note was not changed"), "seal_before", "seal"),
        **ROW_NUMBER,
    },
)

register_task(sweep_what_is_over)
register_task(look_at_ourselves)

register_cache(
    CachePrefix(
        "watch-stopped",
        what=_("A mark that the operator was told of a stopped watch."),
        purpose="security",
        longest=timedelta(hours=6),
    )
)
