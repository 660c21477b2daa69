from celery import shared_task

from privacy.export import building
from privacy.models import Export


# One file cannot be continued by the next task. Should the broker hand it out once more meanwhile,
# the lease keeps the second worker away.
@shared_task(time_limit=60 * 60)
def build_export(export_pk):
    building.build(Export.objects.filter(pk=export_pk))


@shared_task(time_limit=60 * 60)
def build_waiting_exports():
    building.build_waiting()


@shared_task
def forget_exports():
    building.forget()
