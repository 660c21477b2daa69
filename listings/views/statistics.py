from dataclasses import dataclass

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from listings.models import DailyCount, Listing
from listings.statistics import last_days
from sellers.guards import for_members

PERIODS = (7, 30, 90)
# Of the drawing, in its own units: a bar with the gap behind it, and the highest bar.
STEP, BAR, HEIGHT = 10, 8, 100


@dataclass(frozen=True)
class Bar:
    count: DailyCount
    x: int
    y: int
    height: int


@for_members
@require_safe
def statistics(request, member, pk):
    listing = get_object_or_404(Listing.objects.of(member), pk=pk)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else 30
    counts = last_days(listing, days)
    views, reveals, saves = (
        sum(getattr(count, kind) for count in counts) for kind in ("views", "reveals", "saves")
    )
    return render(
        request,
        "listings/statistics.html",
        {
            "listing": listing,
            "days": days,
            "periods": PERIODS,
            "counts": counts,
            "views": views,
            "reveals": reveals,
            "saves": saves,
            "asked_of_hundred": round(100 * min(reveals, views) / views) if views else None,
            "best": max(counts, key=lambda count: count.views),
            "bars": bars(counts),
            "width": days * STEP,
        },
    )


def bars(counts):
    most = max(count.views for count in counts) or 1
    heights = [-(-count.views * HEIGHT // most) for count in counts]
    return [
        Bar(count, x=number * STEP + 1, y=HEIGHT - height, height=height)
        for number, (count, height) in enumerate(zip(counts, heights, strict=True))
    ]
