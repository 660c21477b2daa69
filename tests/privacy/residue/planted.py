"""Each form in which a text may be left behind, made by other means than those that look for it."""

import base64
import email.header
import email.message
import email.policy
import hashlib
import html
import json
import quopri
import unicodedata
from urllib.parse import quote, quote_plus, urlencode

NAME = "Сейтқазы Айгүл Ёлкина"
EMAIL = "aigul.seitqazy+mill@example.com"
PHONE = "+77012345678"
NEEDLES = [NAME, EMAIL, PHONE]


def in_base64(text, before):
    return base64.b64encode(before + text.encode() + b" and more")


TEXTS = {
    "raw": f"буйрык {NAME}.",
    "capitals": NAME.upper(),
    "mixed case": "АйГҮл".join(["сЕЙТҚАЗЫ ", " ЁЛкина"]),
    "NFC": unicodedata.normalize("NFC", NAME),
    "NFD": unicodedata.normalize("NFD", NAME),
    "address in capitals": EMAIL.upper(),
    "URL": f"/search/?q={quote(NAME)}&page=2",
    "URL in small letters": quote(NAME).lower(),
    "URL with plus": quote_plus(NAME),
    "query": urlencode({"email": EMAIL}),
    "address in a link": f"mailto:{quote(EMAIL, safe='@')}",
    "HTML decimal": "".join(f"&#{ord(letter)};" for letter in NAME),
    "HTML decimal, letters only": NAME.encode("ascii", "xmlcharrefreplace").decode(),
    "HTML hexadecimal": "".join(f"&#x{ord(letter):X};" for letter in EMAIL),
    "HTML at": EMAIL.replace("@", "&#64;"),
    "HTML named": EMAIL.replace("@", "&commat;").replace("+", "&plus;").replace(".", "&period;"),
    "JSON": json.dumps({"name": NAME}),
    "JSON in JSON": json.dumps(json.dumps({"name": NAME})),
    "JSON with ASCII escaped": EMAIL.replace("+", "\\u002B"),
    "number with spaces": "тел. +7 701 234 56 78",
    "number with brackets": "8 (701) 234-56-78",
    "number of the country": "701 234 5678",
    "digits": "tel77012345678",
    "number in a query": "?tel=%2B7%20701%20234%2056%2078".replace("%20", " "),
    "md5": hashlib.md5(EMAIL.encode()).hexdigest(),
    "sha1 of small letters": hashlib.sha1(NAME.lower().encode()).hexdigest(),
    "sha256": hashlib.sha256(EMAIL.encode()).hexdigest(),
    "sha256 of digits": hashlib.sha256(b"77012345678").hexdigest().upper(),
    "base64, offset 0": in_base64(NAME, b"").decode(),
    "base64, offset 1": in_base64(EMAIL, b"x").decode(),
    "base64, offset 2": in_base64(PHONE, b"xy").decode(),
    "base64 for URLs": base64.urlsafe_b64encode(f"{NAME} {NAME}".encode()).decode(),
    "base64 of JSON": base64.b64encode(json.dumps([{"n": NAME}]).encode()).decode(),
    "base64 in lines": base64.encodebytes((f"{'x' * 40}{NAME}").encode()).decode(),
    "quoted-printable": quopri.encodestring(f"Құрметті {NAME}! ".encode() * 3).decode(),
    "quoted-printable header": quopri.encodestring(NAME.encode(), header=True).decode(),
    "hexadecimal": NAME.encode().hex(),
    "escaped by templates": html.escape(f"<{NAME}>"),
}


def letter():
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = f"Тапсырыс: {NAME}, бидай, арпа, сұлы, зығыр, күнбағыс және тағы басқа"
    message["To"] = "somebody@example.com"
    message.set_content("Тапсырыс келді.\n" * 5, cte="base64")
    return message.as_bytes()


BYTES = {
    "UTF-16 LE": NAME.encode("utf-16-le"),
    "UTF-16 BE": b"\x01" + NAME.encode("utf-16-be"),
    "UTF-16 with a mark": f"x{EMAIL}".encode("utf-16"),
    "letter": letter(),
}
ALL = {name: text.encode() for name, text in TEXTS.items()} | BYTES
