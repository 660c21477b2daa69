"""What staff sees of orders: nothing can be changed but by the verbs, contacts are masked."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from orders import life
from orders.models import Change, Offer, Order, OrderLine
from orders.states import Act, Role, may
from privacy.disclosures import show_to_staff
from privacy.ledger_admin import ReadOnly
from privacy.masking import RevealForm, mask
from sellers.models import Member

VERBS = {
    Act.SETTLE: (_("The order stands"), life.settle),
    Act.UNDO: (_("Cancel the order"), life.undo),
}


class SettleForm(forms.Form):
    act = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Explanation"),
        max_length=512,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Both sides read it."),
    )

    def __init__(self, *args, acts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [(act, VERBS[act][0]) for act in acts]


class LineInline(ReadOnly, admin.TabularInline):
    model = OrderLine
    template = "admin/edit_inline/table.html"
    fields = ["position", "listing_number", "title", "quantity", "unit", "price", "ordered_price"]


class ChangeInline(ReadOnly, admin.TabularInline):
    model = Change
    template = "admin/edit_inline/table.html"
    fields = readonly_fields = ["at", "act", "role", "before", "after", "has_note"]

    @admin.display(description=_("note"), boolean=True)
    def has_note(self, change):
        return bool(change.note)


class OfferInline(ReadOnly, admin.TabularInline):
    model = Offer
    template = "admin/edit_inline/table.html"
    fields = readonly_fields = ["round", "at", "answer", "answered_at"]


def mask_of(name):
    @admin.display(description=Order._meta.get_field(name).verbose_name)
    def masked(order):
        return mask(getattr(order, name))

    return masked


MASKS = [mask_of(name) for name in Order.CONTACTS]


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin):
    inlines = [LineInline, OfferInline, ChangeInline]
    list_display = ["reference", "state", "seller_name", "currency", "created_at", "closed_at"]
    list_filter = ["state", "currency"]
    list_select_related = ["seller_then"]
    search_fields = ["=reference", "seller_then__name"]
    search_help_text = _("The reference of an order, or the name of its seller.")
    show_full_result_count = False
    date_hierarchy = "created_at"
    ordering = ["-pk"]
    readonly_fields = ["seller_name", *MASKS]
    fieldsets = [
        (None, {"fields": [("reference", "state"), "seller_name", "currency", "language"]}),
        (_("Buyer"), {"fields": MASKS}),
        (
            _("Terms"),
            {
                "fields": [
                    ("shipping", "shipping_conditions"),
                    ("payment", "payment_conditions"),
                    ("paid_on", "payment_document"),
                    ("shipped_on", "carrier", "waybill"),
                ]
            },
        ),
        (_("Time"), {"fields": [("created_at", "seen_at"), ("changed_at", "closed_at")]}),
    ]

    @admin.display(description=_("seller"), ordering="seller_then__name")
    def seller_name(self, order):
        return order.seller_then.name

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/reveal/", view(self.reveal), name="orders_order_reveal"),
            path("<int:pk>/settle/", view(self.settle), name="orders_order_settle"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, **kwargs):
        context |= {
            "may_reveal": request.user.has_perm("orders.reveal_contacts"),
            "may_settle": may_settle(request.user, kwargs["obj"])
            and bool(acts_for_staff(kwargs["obj"])),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def reveal(self, request, pk):
        """The contacts, in the answer to the reason alone: a reload asks anew."""
        if not request.user.has_perm("orders.reveal_contacts"):
            raise PermissionDenied
        order = get_object_or_404(Order.objects.select_related("buyer"), pk=pk)
        form = RevealForm(request.POST or None)
        shown, notes = {}, []
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                given = [name for name in Order.CONTACTS if getattr(order, name)]
                notes = list(order.history.exclude(note=""))
                show_to_staff(
                    order.buyer,
                    request.user.subject,
                    reason=form.cleaned_data["reason"],
                    fields=[*given, *(["notes"] if notes else [])],
                    about=order.reference,
                )
            shown = {
                Order._meta.get_field(name).verbose_name: getattr(order, name) for name in given
            }
        return self.page(
            request, "reveal", order, _("Show the contacts"), form=form, shown=shown, notes=notes
        )

    def settle(self, request, pk):
        order = get_object_or_404(Order, pk=pk)
        if not may_settle(request.user, order):
            raise PermissionDenied
        form = SettleForm(request.POST or None, acts=acts_for_staff(order))
        if request.method == "POST" and form.is_valid():
            _words, verb = VERBS[Act(form.cleaned_data["act"])]
            try:
                verb(order, request.user, form.cleaned_data["note"])
            except Order.Impossible:
                messages.error(request, _("The order has changed meanwhile. Nothing was done."))
            else:
                messages.success(request, _("The dispute is settled. Both sides get a letter."))
            return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))
        return self.page(request, "settle", order, _("Settle the dispute"), form=form)

    def page(self, request, name, order, title, **facts):
        facts |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        template = f"admin/orders/order/{name}.html"
        return TemplateResponse(request, template, facts | {"order": order})


def may_settle(user, order):
    """Nobody judges a dispute of their own."""
    is_party = (
        user.subject_id == order.buyer_id
        or Member.objects.filter(user=user, seller=order.seller_id).exists()
    )
    return user.has_perm("orders.settle_disputes") and not is_party


def acts_for_staff(order):
    return [act for act in VERBS if may(Role.STAFF, act, order.state)]
