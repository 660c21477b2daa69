"""Requests as people write them, in the shapes their programs give them; and forged ones."""

from email.message import Message
from itertools import cycle

from privacy.models import Request
from tests.privacy.mail_server import SERVER, message, multipart, passed, text_part

Kind = Request.Kind

WORDS = {
    Kind.ACCESS: {
        "kk": "Сіз мен туралы қандай деректер сақтайсыз? Айтып жіберіңізші.",
        "ru": "Здравствуйте! Сообщите, пожалуйста, какие мои персональные данные вы храните.",
        "en": "Hello,\nplease tell me what personal data you hold about me.",
    },
    Kind.EXPORT: {
        "kk": "Менің деректерімнің көшірмесін жіберіңіздер.",
        "ru": "Прошу выслать копию всех моих данных в машиночитаемом виде.",
        "en": "I would like a copy of my data, please.",
    },
    Kind.RECTIFICATION: {
        "kk": "Телефон нөмірім өзгерді, профилімде түзетіңізші.",
        "ru": "В моём профиле ошибка: исправьте, пожалуйста, мою фамилию.",
        "en": "My surname is misspelled in my profile. Please correct it.",
    },
    Kind.ERASURE: {
        "kk": "Аккаунтымды және барлық деректерімді өшіріп тастаңыздар.",
        "ru": "Прошу удалить мой аккаунт\nи все сведения обо мне.",
        "en": "Please delete my account and everything you know about me. All my data.",
    },
    Kind.RESTRICTION: {
        "kk": "Деректерімді өңдеуді шектеуіңізді сұраймын.",
        "ru": "Требую ограничить обработку моих персональных данных до решения спора.",
        "en": "Please restrict the processing of my data until this is settled.",
    },
    Kind.OBJECTION: {
        "kk": "Мен деректерімнің өңделуіне қарсымын.",
        "ru": "Возражаю против обработки моих данных.",
        "en": "I object to the processing of my data.",
    },
    Kind.WITHDRAWAL: {
        "kk": "Маған енді жазбаңыздар. Келісімімді қайтарып аламын.",
        "ru": "Я отзываю своё согласие. Больше не пишите мне!",
        "en": "Stop writing to me. I withdraw my consent.",
    },
}

# As somebody answers an old letter: what is quoted must not count.
QUOTE = {
    "kk": "\n\nСәлеммен,\nАйгүл\n-- \nДеректерімді жойыңыз деген қолтаңба\n",
    "ru": "\n\n22.11.2026 10:15, Kazvek пишет:\n> Нажмите «Удалить аккаунт и данные».\n",
    "en": "\n\nOn Sun, 22 Nov 2026 at 10:15, Kazvek <no-reply@kazvek.com> wrote:\n"
    "> To delete your account and all your data, press the button.\n",
}


def html_of(words):
    lines = words.replace("\n", "<br>\n")
    return (
        "<html><head><style>p{color:red}</style><title>delete my data</title></head><body>"
        f"<!-- delete my account --><div>{lines}</div>"
        "<blockquote>Удалите мои данные. Delete my account. Деректерімді жойыңыз</blockquote>"
        "</body></html>"
    )


def attachment():
    part = Message()
    part["Content-Type"] = 'text/plain; charset="utf-8"; name="договор.txt"'
    part["Content-Disposition"] = 'attachment; filename="договор.txt"'
    part.set_payload("Please delete my account and restrict the processing of my data.")
    return part


SHAPES = {
    "base64": lambda words, language: text_part(words),
    "quoted-printable": lambda words, language: text_part(words, "utf-8", "quoted-printable"),
    "8bit": lambda words, language: text_part(words, "utf-8", "8bit"),
    "old encoding": lambda words, language: text_part(
        words, {"kk": "kz1048", "ru": "koi8-r", "en": "iso-8859-1"}[language], "8bit"
    ),
    "windows": lambda words, language: text_part(
        words, {"kk": "ptcp154", "ru": "windows-1251", "en": "windows-1252"}[language]
    ),
    "wrong name of the encoding": lambda words, language: (
        text_part(words, "utf-8", named="x-unknown-7")
        if language == "kk"
        else text_part(words, "windows-1251", "8bit", named="utf-8")
    ),
    "html": lambda words, language: text_part(html_of(words), kind="html"),
    "quoting": lambda words, language: text_part(words + QUOTE[language], "utf-8", "8bit"),
    "two versions": lambda words, language: multipart(
        "alternative", text_part(words), text_part(html_of(words), kind="html")
    ),
    "nested, with an attachment": lambda words, language: multipart(
        "mixed",
        multipart(
            "related",
            multipart("alternative", text_part(words), text_part(html_of(words), kind="html")),
        ),
        attachment(),
    ),
}


def requests_of(addresses, number):
    """`number` requests, no two alike: (address, kind, language, message)."""
    made = []
    shapes, languages = cycle(SHAPES.values()), cycle(["kk", "ru", "en"])
    for kind in Kind:
        for address in addresses:
            language = next(languages)
            part = next(shapes)(WORDS[kind][language], language)
            made.append((address, kind, language, message(address, "", part=part)))
    return made[:number]


ERASE = "Please delete my account and all my data."
EVIL = "attacker.example"


def forged(victim):
    """Messages that are not from the victim, as one tries; each is somebody else's or nobody's."""

    def made(sender=victim, **headers):
        return message(sender, ERASE, "Delete my data", **headers)

    local, _, domain = victim.rpartition("@")
    other = f"{local}@{EVIL}"
    looks_alike = f"{local}@xn--exmple-4nf.com"
    no_mark = {"authentic": False}
    raw_from = {"From": None}
    return {
        "without a word of our server": made(**no_mark),
        "our server says that it failed": made(
            Authentication_Results=f"{SERVER}; spf=fail smtp.mailfrom={EVIL};"
            f" dmarc=fail header.from={domain}"
        ),
        "another server vouches": made(Authentication_Results=passed(victim, f"mx.{EVIL}")),
        "a word of ours came along below": made(
            Authentication_Results=[f"{SERVER}; dmarc=fail header.from={domain}", passed(victim)]
        ),
        "another server on top": made(
            Authentication_Results=[passed(victim, f"mx.{EVIL}"), passed(victim)]
        ),
        "signed by another domain": made(
            Authentication_Results=f"{SERVER}; dkim=pass header.d={EVIL} header.i=@{EVIL}"
        ),
        "sent by another domain": made(
            Authentication_Results=f"{SERVER}; spf=pass smtp.mailfrom={other}"
        ),
        "the envelope names the victim before the sign": made(
            Authentication_Results=f'{SERVER}; spf=pass smtp.mailfrom="{victim}"@{EVIL}'
        ),
        "a verdict was smuggled in": made(
            Authentication_Results=f"{SERVER}; dmarc=pass header.from={domain};"
            f" dmarc=fail header.from={domain}"
        ),
        "DMARC passed for another domain": made(
            Authentication_Results=f"{SERVER}; dmarc=pass header.from={EVIL}"
        ),
        "DMARC passed for a domain above": made(
            Authentication_Results=f"{SERVER}; dmarc=pass header.from={domain.partition('.')[2]}"
        ),
        "nothing was found out": made(Authentication_Results=f"{SERVER}; none"),
        "the word of our server is broken": made(
            Authentication_Results=f"{SERVER}; dmarc==pass (( header.from={domain}"
        ),
        "the victim is only shown": message(
            f'"{victim}" <{other}>', ERASE, Authentication_Results=passed(other)
        ),
        "two senders in one line": made(**raw_from | {"From": f"{victim}, {other}"}),
        "two lines of senders": made(**raw_from | {"From": [victim, other]}),
        "the address is a comment": made(**raw_from | {"From": f"{other} ({victim})"}),
        "a group": made(**raw_from | {"From": f"People: {victim};"}),
        "letters that only look like it": made(**raw_from | {"From": f"{chr(0xFF41)}{victim[1:]}"}),
        "a domain that only looks like it": message(
            looks_alike, ERASE, Authentication_Results=passed(looks_alike)
        ),
    }
