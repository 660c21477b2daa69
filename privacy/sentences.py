"""The sentences people agree to, word for word. The ledger keeps each as it was shown."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from privacy.models import Channel, GroupSite
from privacy.operator import current_operator

MAILINGS = ("news", "promotions", "offers", "group")

CONSENTS = {
    ("news", Channel.EMAIL): gettext_lazy(
        "I agree that %(operator)s sends me news of the portal by e-mail. "
        "I can withdraw this at any time."
    ),
    ("news", Channel.POST): gettext_lazy(
        "I agree that %(operator)s sends me news of the portal by post. "
        "I can withdraw this at any time."
    ),
    ("news", Channel.PHONE): gettext_lazy(
        "I agree that %(operator)s tells me news of the portal by phone. "
        "I can withdraw this at any time."
    ),
    ("promotions", Channel.EMAIL): gettext_lazy(
        "I agree that %(operator)s tells me of promotions on the portal by e-mail. "
        "I can withdraw this at any time."
    ),
    ("promotions", Channel.POST): gettext_lazy(
        "I agree that %(operator)s tells me of promotions on the portal by post. "
        "I can withdraw this at any time."
    ),
    ("promotions", Channel.PHONE): gettext_lazy(
        "I agree that %(operator)s tells me of promotions on the portal by phone. "
        "I can withdraw this at any time."
    ),
    ("offers", Channel.EMAIL): gettext_lazy(
        "I agree that %(operator)s sends me commercial offers by e-mail. "
        "I can withdraw this at any time."
    ),
    ("offers", Channel.POST): gettext_lazy(
        "I agree that %(operator)s sends me commercial offers by post. "
        "I can withdraw this at any time."
    ),
    ("offers", Channel.PHONE): gettext_lazy(
        "I agree that %(operator)s makes me commercial offers by phone. "
        "I can withdraw this at any time."
    ),
    ("group", Channel.EMAIL): gettext_lazy(
        "I agree that %(operator)s sends me news and promotions of these sites of the group "
        "by e-mail: %(sites)s. I can withdraw this at any time."
    ),
    ("group", Channel.POST): gettext_lazy(
        "I agree that %(operator)s sends me news and promotions of these sites of the group "
        "by post: %(sites)s. I can withdraw this at any time."
    ),
    ("group", Channel.PHONE): gettext_lazy(
        "I agree that %(operator)s tells me news and promotions of these sites of the group "
        "by phone: %(sites)s. I can withdraw this at any time."
    ),
}


def consent_sentence(purpose: str, channel: str = "") -> str:
    """In the language of the moment; raises KeyError for what nobody is asked."""
    return CONSENTS[purpose, channel] % {
        "operator": operator_name(),
        "sites": ", ".join(scope(purpose)),
    }


def scope(purpose: str) -> list[str]:
    """The sites a consent to this purpose extends to, as its sentence names them."""
    return list(GroupSite.objects.values_list("domain", flat=True)) if purpose == "group" else []


def acknowledgement_sentence(versions) -> str:
    return acknowledgement() % {
        "operator": operator_name(),
        "documents": "; ".join(str(version) for version in versions),
    }


def acknowledgement_with_links(versions):
    """The same words as HTML, each document leading to the very version meant."""
    links = format_html_join(
        "; ", '<a href="{}">{}</a>', ((version.get_absolute_url(), version) for version in versions)
    )
    return format_html(
        acknowledgement()
        .replace("%(operator)s", "{operator}")
        .replace("%(documents)s", "{documents}"),
        operator=operator_name(),
        documents=links,
    )


def acknowledgement():
    return _(
        "I have read these documents of %(operator)s and use the portal on their terms: "
        "%(documents)s."
    )


def order_sentence() -> str:
    """What stands beside the button that sends an order."""
    return _("By clicking the «SEND ORDER» button, I consent to the processing of personal data")


def order_sentence_with_link(version):
    """The same words as HTML; some of them lead to the very version meant."""
    words = pgettext("of the sentence at the button «SEND ORDER»", "processing of personal data")
    before, _words, after = order_sentence().partition(words)
    link = format_html('<a href="{}">{}</a>', version.get_absolute_url(), words)
    return format_html("{}{}{}", before, link, after)


def operator_name():
    operator = current_operator()
    if not operator.bin:
        return operator.name
    return _("%(name)s (BIN %(bin)s)") % {"name": operator.name, "bin": operator.bin}
