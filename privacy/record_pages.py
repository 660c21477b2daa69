import csv

from django.contrib import admin
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from privacy.operator import current_operator
from privacy.record import (
    COLUMNS,
    columns_of_record,
    controller,
    held_about_people,
    in_words,
    purposes_in_use,
    record_of_processing,
)
from privacy.registers import COOKIES


@require_safe
@cache_control(public=True, max_age=3600)
def held(request):
    """For everybody: what we hold and why."""
    return render(
        request,
        "privacy/data.html",
        {
            "operator": current_operator(),
            "tables": held_about_people(),
            "purposes": purposes_in_use(),
            "cookies": sorted(COOKIES.values(), key=lambda cookie: cookie.name),
        },
    )


@require_safe
def record(request):
    """For staff: every column, with why it is or is not personal."""
    whole = record_of_processing()
    facts = {
        "title": _("Record of processing"),
        "controller": controller(),
        "record": whole,
        "purposes": {key: in_words(purpose) for key, purpose in whole["purposes"].items()},
        "columns": map(in_words, columns_of_record()),
    }
    return render(request, "admin/privacy/record.html", admin.site.each_context(request) | facts)


@require_safe
def record_json(request):
    whole = {"controller": controller()} | record_of_processing()
    response = JsonResponse(whole, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="record-of-processing.json"'
    return response


@require_safe
def record_csv(request):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="record-of-processing.csv"'
    response.write("\ufeff")  # or spreadsheets take it for another alphabet
    table = csv.DictWriter(response, COLUMNS)
    table.writeheader()
    table.writerows(columns_of_record())
    return response
