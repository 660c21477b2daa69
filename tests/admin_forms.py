"""Forms of the admin as a browser fills and sends them."""

from django.urls import reverse


def page_of(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def form_of(response):
    """What a browser would send back of the page as it stands."""
    context = response.context_data
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    return {
        field.html_name: "" if field.value() is None else field.value()
        for form in forms
        for field in form
        if not field.field.disabled and field.value() is not False
    }


def save(client, row, **changes):
    page = page_of(row)
    return client.post(page, form_of(client.get(page)) | changes, follow=True)
