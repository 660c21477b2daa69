import re

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import override


def write_letter(template, *, to, language, headers=None, **facts):
    """Send `<template>.txt`, whose first line is the subject, with `<template>.html` beside it.

    Called inside the transaction the letter tells of: it leaves when that is committed.
    """
    with override(language):
        subject, _, text = render_to_string(f"{template}.txt", facts).strip().partition("\n")
        html = render_to_string(f"{template}.html", facts)
    text = re.sub(r"\n\s*\n", "\n\n", text).strip()
    letter = EmailMultiAlternatives(subject.strip(), f"{text}\n", to=[to], headers=headers)
    letter.attach_alternative(html, "text/html")
    letter.send()
