"""Translations without gettext's programs: gathered, checked and compiled by Babel.

`locale/` holds our own words, gathered from code and templates. `locale/borrowed/` holds, by
hand, what Django and its apps leave in English on pages we show.
"""

import io
import os
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

OWN, BORROWED = settings.LOCALE_PATHS
TRANSLATED = ["kk", "ru"]
APPS = [app for app in settings.INSTALLED_APPS if (settings.BASE_DIR / app).is_dir()]

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?[a-z]+[^>]*>")


def extract_template(fileobj, keywords, comment_tags, options):
    # Babel reads the result as Python, where an indentation has a meaning.
    source = templatize(fileobj.read().decode())
    flat = "\n".join(line.lstrip() for line in source.splitlines())
    return extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, options)


def gathered():
    """Every string for people in our code and templates, as a Catalog without translations."""
    catalogue = Catalog(project="Kazvek", charset="utf-8")
    folders = [(settings.BASE_DIR / app, [("**.py", "python")]) for app in APPS]
    folders += [
        (
            settings.BASE_DIR / "templates",
            [("**.html", extract_template), ("**.txt", extract_template)],
        )
    ]
    for folder, methods in folders:
        for name, _line, message, comments, context in extract_from_dir(
            folder, methods, keywords=KEYWORDS, comment_tags=["Translators:"]
        ):
            where = (folder / name).relative_to(settings.BASE_DIR).as_posix()
            catalogue.add(
                message, locations=[(where, None)], auto_comments=comments, context=context
            )
    return catalogue


def path_of(root, language):
    return Path(root) / language / "LC_MESSAGES" / "django.po"


def read(root, language):
    path = path_of(root, language)
    if not path.exists():
        return Catalog(locale=language, project="Kazvek", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update(language):
    """Bring a catalogue up to date with the code: new strings empty, old ones gone."""
    catalogue = read(OWN, language)
    template = gathered()
    template.creation_date = catalogue.creation_date
    catalogue.version, catalogue.last_translator = "", "Kazvek"
    catalogue.msgid_bugs_address = "support@kazvek.com"
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path = path_of(OWN, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)


def faults(language):
    """What keeps a catalogue from being complete, one sentence each."""
    own = read(OWN, language)
    wanted = {(message.context, message.id) for message in gathered() if message.id}
    present = {(message.context, message.id) for message in own if message.id}
    for context, message in sorted(wanted - present, key=str):
        yield f"{language}: not in the catalogue: {message!r} {context or ''}"
    for context, message in sorted(present - wanted, key=str):
        yield f"{language}: no longer used: {message!r} {context or ''}"
    for root in (OWN, BORROWED):
        for message in read(root, language):
            if message.id:
                yield from faults_of(message, language)


def faults_of(message, language):
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    translations = [message.string] if isinstance(message.string, str) else list(message.string)
    if message.fuzzy:
        yield f"{language}: fuzzy: {originals[0]!r}"
    if not all(translations):
        yield f"{language}: not translated: {originals[0]!r}"
        return
    allowed = {tuple(sorted(PLACEHOLDER.findall(original))) for original in originals}
    for translation in translations:
        if tuple(sorted(PLACEHOLDER.findall(translation))) not in allowed:
            yield f"{language}: placeholders or tags differ: {originals[0]!r} and {translation!r}"


def compile_all():
    """Write the .mo files whose .po is newer; each appears whole or not at all."""
    for po in sorted(Path(OWN).rglob("*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        language = po.parent.parent.name
        with po.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
        half = mo.with_suffix(f".mo.{os.getpid()}")
        with half.open("wb") as file:
            write_mo(file, catalogue)
        half.replace(mo)
