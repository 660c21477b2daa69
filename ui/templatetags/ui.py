import json
import re
from datetime import timedelta
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import (
    escape,
    format_html,
    format_html_join,
    strip_spaces_between_tags,
)
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ui import money as amounts
from ui.drawings import drawing
from ui.remembered import Parts
from ui.storage import SITE_STYLESHEET, STYLESHEETS

register = template.Library()


@register.simple_tag(takes_context=True)
def icon(context, name, title="", size=""):
    """A sign. With a title it stands alone and is read aloud; without, it only accompanies words.

    A page that keeps a `{% sprite %}` draws each sign once, however often it shows it; a fragment
    of a page has none and carries its drawings itself.
    """
    shapes, is_solid = drawing(name)
    # What a sprite draws brings its own.
    box = "" if "sprite" in context else mark_safe(' viewBox="0 0 24 24"')
    if (sprite := context.get("sprite")) is not None:
        sprite[name] = shapes
        shapes = format_html('<use href="#i-{}"/>', name)
    variants = (" icon--solid" if is_solid else "") + (f" icon--{size}" if size else "")
    silence = mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}"{} {}>{}</svg>',
        variants,
        box,
        format_html('role="img" aria-label="{}"', escape(title)) if title else silence,
        shapes,
    )


@register.tag
def sprite(parser, token):
    nodelist = parser.parse(["endsprite"])
    parser.delete_first_token()
    return SpriteNode(nodelist)


class SpriteNode(template.Node):
    """Between `{% sprite %}` and `{% endsprite %}` icons are only named; here they are drawn."""

    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        drawings = {}
        with context.push(sprite=drawings):
            html = self.nodelist.render(context)
        symbols = format_html_join(
            "", '<symbol id="i-{}" viewBox="0 0 24 24">{}</symbol>', sorted(drawings.items())
        )
        return html + format_html("<svg hidden>{}</svg>\n", symbols)


@register.tag
def terse(parser, token):
    nodelist = parser.parse(["endterse"])
    parser.delete_first_token()
    return TerseNode(nodelist)


class TerseNode(template.Node):
    """Without what HTML does not need: space between tags, and ends that the next tag implies."""

    IMPLIED = re.compile("</(?:li|dt|dd|tr|th|td|option|p(?=><p[ >]))>")

    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        html = self.nodelist.render(context).strip()
        return self.IMPLIED.sub("", strip_spaces_between_tags(html))


@register.tag
def once(parser, token):
    """`{% once card.marks has_cart %}`: what follows is made of nothing but these, the language
    and the day, and is rendered when it is first met.
    """
    _once, *marks = token.split_contents()
    nodelist = parser.parse(["endonce"])
    parser.delete_first_token()
    return OnceNode(nodelist, [parser.compile_filter(mark) for mark in marks])


class OnceNode(template.Node):
    def __init__(self, nodelist, marks):
        self.nodelist, self.marks = nodelist, marks

    def render(self, context):
        sprite = context.get("sprite")
        marks = (
            *(self.origin.template_name, self.token.lineno),
            *(get_language(), localdate(), sprite is None),
            *(mark.resolve(context, ignore_failures=True) for mark in self.marks),
        )
        part = Parts.get(marks)
        if part is None:
            drawings = None if sprite is None else {}
            with context.push(sprite=drawings):
                part = self.nodelist.render(context), drawings
            Parts.remember(marks, *part)
        html, drawings = part
        if drawings:
            sprite.update(drawings)
        return html


@register.simple_tag
def stylesheets():
    parts = STYLESHEETS if settings.DEBUG else [SITE_STYLESHEET]
    return format_html_join(
        "\n  ", '<link rel="stylesheet" href="{}">', ((static(part),) for part in parts)
    )


@register.simple_tag(takes_context=True)
def page_languages(context):
    """This page in each language: its path there, and the link that also remembers the choice."""
    request = context.get("request")
    path, query = (request.path, request.META.get("QUERY_STRING", "")) if request else ("/", "")
    codes = [code for code, _name in settings.LANGUAGES]
    _, _, rest = path.lstrip("/").partition("/")
    is_translated = path.lstrip("/").partition("/")[0] in codes
    languages = []
    for code, name in settings.LANGUAGES:
        there = f"/{code}/{rest}" if is_translated else f"/{code}/"
        following = f"{there}?{query}" if query and is_translated else there
        question = urlencode({"next": following})
        languages.append(
            {
                "code": code,
                "name": name,
                "path": there,
                "switch": f"{reverse('language', args=[code])}?{question}",
                "is_current": code == get_language(),
                "is_default": code == settings.LANGUAGE_CODE,
            }
        )
    return languages


@register.simple_tag(takes_context=True)
def waiting_messages(context):
    """What earlier requests or this one left to say.

    A visitor without a session has nothing waiting, and asking would make the page private.
    """
    request = context.get("request")
    storage = getattr(request, "_messages", None)
    if storage is None:
        return []
    if storage.added_new or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return get_messages(request)
    return []


@register.filter
def number(value):
    return amounts.grouped(value)


@register.filter
def quantity(value):
    """To the gram of a kilogram, unlike amounts of money."""
    return amounts.grouped(value, "#,##0.###")


@register.filter
def recently(moment):
    """Today with the time, yesterday, then the day, with its year when that is another."""
    moment, today = localtime(moment), localdate()
    if moment.date() == today:
        return _("today, %(time)s") % {"time": date_format(moment, "TIME_FORMAT")}
    if moment.date() == today - timedelta(days=1):
        return _("yesterday")
    return date_format(moment, "MONTH_DAY_FORMAT" if moment.year == today.year else "DATE_FORMAT")


@register.simple_tag
def day_of(moment):
    day = f"{localtime(moment):%Y-%m-%d}"
    return format_html("<time datetime={}>{}</time>", day, recently(moment))


@register.filter
def money(amount, currency="KZT"):
    return amounts.with_currency(amount, currency)


# What could end the element or begin another one.
IN_SCRIPT = str.maketrans({"<": r"\u003C", ">": r"\u003E", "&": r"\u0026"})


@register.simple_tag
def json_ld(facts):
    """What search engines read of a page (schema.org). It is data: no browser runs it."""
    text = json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False).translate(IN_SCRIPT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 escaped above
