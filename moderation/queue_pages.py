"""The queue inside the administration: one ad a page, from the keyboard if one likes."""

from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from listings import reviewing
from listings.catalogue import current_catalogue
from listings.contacts import contacts_in
from listings.models import Category, Listing
from listings.states import Act as Move
from listings.states import Role, State, may
from moderation import deciding
from moderation.findings import findings_of
from moderation.forms import DecisionForm
from moderation.models import Claim, Decision
from moderation.queue import TOO_LONG, counts, take_next, waiting_now
from moderation.reasons import Reason
from moderation.rules import RulesInForce, WithoutRule
from moderation.showing import documents_of, fields_of, photos_of
from sellers.models import Member

Act, Matter = Decision.Act, Decision.Matter
OTHERS_SHOWN = 8
LONGEST_LIST = 100


def for_moderators(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.has_perm("moderation.add_decision"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@for_moderators
@require_safe
def queue(request):
    now = timezone.now()
    rows = [
        {
            "listing": listing,
            "title": (reviewing.waiting_change(listing) or listing).title,
            "matter": matter_in_words(listing),
            "is_late": now - listing.waiting_since >= TOO_LONG,
            "claim": claim_of(listing),
        }
        for listing in waiting_now()
    ]
    facts = {"title": _("Ads that wait"), "rows": rows, "counts": counts()}
    return page(request, "admin/moderation/queue.html", facts)


@for_moderators
@require_POST
def following(request):
    return to_next(request, passed_by(request.POST))


@for_moderators
def review(request, pk):
    """The ad and everything there is to know about it; by POST a decision, and on to the next."""
    fetched = Listing.objects.for_cards().select_related("revision", "claim")
    listing = get_object_or_404(fetched, pk=pk)
    passed = passed_by(request.POST or request.GET)
    if request.method == "POST" and request.POST.get("act") == "skip":
        Claim.objects.filter(listing=listing, by=request.user).delete()
        return to_next(request, [*passed, pk])
    rules = RulesInForce()
    change = reviewing.waiting_change(listing)
    content = change or listing
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        acts=acts_of(listing),
        rules=rules,
        category=content.category_id,
    )
    if form.is_valid() and decided(request, listing, content, form.cleaned_data, rules):
        if form.cleaned_data["act"] == Act.REFILE:
            return redirect(address_of(pk, passed, request.POST))
        return to_next(request, passed)
    facts = {
        "title": _("Ad № %(number)d") % {"number": listing.pk},
        "listing": listing,
        "content": content,
        "category": current_catalogue().categories[content.category_id],
        "matter": matter_in_words(listing),
        "is_late": listing.waiting_since and timezone.now() - listing.waiting_since >= TOO_LONG,
        "claim": claim_of(listing, but=request.user),
        "change": change,
        "fields": fields_of(listing, change),
        "photos": photos_of(listing, change),
        "documents": documents_of(listing, change),
        "findings": findings_of(listing, content),
        "complaints": listing.complaints.open(),
        "decisions": listing.decisions.select_related("by"),
        "history": listing.history.all()[:OTHERS_SHOWN],
        "others": listing.seller.listings.exclude(pk=listing.pk).order_by("-pk")[:OTHERS_SHOWN],
        "seller": facts_of(listing.seller),
        "form": form,
        "acts": acts_of(listing),
        "seen": reviewing.edition(listing),
        "passed": ",".join(map(str, passed)),
        "with_keys": (request.POST or request.GET).get("keys") != "off",
    }
    status = 400 if form.errors else 200
    return page(request, "admin/moderation/review.html", facts, status=status)


def matter_in_words(listing):
    if deciding.is_hidden(listing):
        return _("an ad hidden after reports")
    return deciding.matter_of(listing).label


def decided(request, listing, content, given, rules):
    """Carry it out; otherwise say why not."""
    by, act = request.user, given["act"]
    try:
        if given["seen"] != reviewing.edition(listing):
            raise reviewing.Overtaken
        Claim.take(listing, by)
        if act == Act.APPROVE:
            deciding.approve(listing, by, rules)
        elif act == Act.REFILE:
            deciding.refile(listing, by, Category(pk=given["category"]), rules)
        elif act == Act.UNBLOCK:
            deciding.unblock(listing, by, given["note"], rules)
        else:
            decide = deciding.block if act == Act.BLOCK else deciding.reject
            note = given["note"] or quotes(content, given["reasons"])
            decide(listing, by, given["reasons"], note, given["rule"], rules)
    except Claim.Taken:
        refusal = _("Another moderator has this ad before them. Nothing was changed.")
    except deciding.OwnAd:
        refusal = _("This is an ad of the seller you act for: another moderator decides about it.")
    except WithoutRule:
        refusal = _("No clause in force stands behind this decision. Nothing was changed.")
    except reviewing.Unfit:
        refusal = _("The category allows no such deal. Nothing was changed.")
    except reviewing.Overtaken:
        refusal = _(
            "It has changed since you opened it: another moderator was faster, or the seller "
            "wrote. Nothing was changed; read it again."
        )
    except Listing.Impossible:
        refusal = _("That cannot be done with this ad any more.")
    else:
        said = _("Ad № %(number)d: %(act)s.")
        done = said % {"number": listing.pk, "act": Act(act).label}
        messages.success(request, done)
        return True
    messages.error(request, refusal)
    return False


def quotes(content, reasons):
    """What a program has found is quoted when the moderator writes nothing."""
    if Reason.CONTACTS not in reasons:
        return ""
    found = contacts_in(f"{content.title}\n{content.description}")
    return ", ".join(f"“{contact}”" for contact in found)[:1000]


def acts_of(listing):
    acts = []
    waits = listing.waiting_since is not None
    if listing.state == State.PENDING or waits:
        acts.append(Act.APPROVE)
    if reviewing.waiting_change(listing) or may(Role.STAFF, Move.REJECT, listing.state):
        acts.append(Act.REJECT)
    if listing.state == State.PENDING or waits or listing.state == State.PUBLISHED:
        acts.append(Act.REFILE)
    if may(Role.STAFF, Move.BLOCK, listing.state):
        acts.append(Act.BLOCK)
    if may(Role.STAFF, Move.UNBLOCK, listing.state):
        acts.append(Act.UNBLOCK)
    return acts


def facts_of(seller):
    numbers = seller.listings.aggregate(
        all=Count("pk"), live=Count("pk", filter=Q(state=State.PUBLISHED))
    )
    owner = Member.objects.owners().filter(seller=seller).select_related("user").first()
    return {
        "seller": seller,
        "numbers": numbers,
        "owner_since": owner and owner.user.date_joined,
        "refusals": deciding.recent_refusals(seller),
    }


def claim_of(listing, but=None):
    """Of another moderator, while it lasts."""
    claim = getattr(listing, "claim", None)
    if claim is None or claim.until <= timezone.now() or (but and claim.by_id == but.pk):
        return None
    return claim


def to_next(request, passed):
    listing = take_next(request.user, passed)
    if listing is None:
        messages.info(request, _("Nothing more waits that you could take."))
        return redirect("admin:queue")
    return redirect(address_of(listing.pk, passed, request.POST))


def address_of(pk, passed, given):
    query = QueryDict(mutable=True)
    if passed:
        query["passed"] = ",".join(map(str, passed))
    if given.get("keys") == "off":
        query["keys"] = "off"
    path = reverse("admin:queue_review", args=[pk])
    return f"{path}?{query.urlencode()}" if query else path


def passed_by(given):
    """The ads left to others, as the page carries them along."""
    numbers = given.get("passed", "").split(",")
    known = [int(one) for one in numbers if one.isascii() and one.isdecimal() and len(one) < 18]
    return known[-LONGEST_LIST:]


def page(request, template, facts, status=200):
    context = admin.site.each_context(request) | facts
    return TemplateResponse(request, template, context, status=status)
