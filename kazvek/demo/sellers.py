"""Believable sellers for the demo. Names, numbers and sites are nobody's: the BIN and IIN are of
the end of the year 2099, the sites of a domain reserved for examples.
"""

from dataclasses import dataclass, field
from datetime import time, timedelta

from django.utils import timezone

from accounts.models import User
from privacy.bin import check_digit
from sellers.founding import found
from sellers.models import Member, Payment, Phone, Seller, Shipping, Verification, WorkingDay

Ship, Pay = Shipping.Method, Payment.Method
WEEK = dict.fromkeys(range(5), ("09:00", "18:00"))
HARVEST = dict.fromkeys(range(6), ("08:00", "20:00"))
ALWAYS = dict.fromkeys(range(7), ("00:00", "00:00"))


@dataclass(frozen=True)
class DemoSeller:
    form: str
    name: str
    region: str
    settlement: str
    street: str = ""
    about: dict[str, str] = field(default_factory=dict)
    site: str = ""
    pays_vat: bool = False
    minimum_order: int | None = None
    hours: dict = field(default_factory=dict)
    shipping: dict = field(default_factory=dict)
    payment: dict = field(default_factory=dict)
    phones: tuple[str, ...] = ("",)
    checked: tuple[str, ...] = ()
    owner: tuple[str, str, str, str] = ("", "", "", "ru")
    # Of the catalogue: what they trade.
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trader:
    """A demo seller that is there."""

    seller: Seller
    owner_id: int
    language: str
    sections: tuple[str, ...]


PAPERS = ("saw_documents", "checked_number", "called_phone")

# The first one is the demo seller's own.
SELLERS = [
    DemoSeller(
        "company",
        "Карабалык-Агро",
        "KZ-39",
        "Карабалык",
        "Элеваторная улица, 3",
        {
            "ru": "Выращиваем пшеницу, ячмень и лён на 14 тысячах гектаров. Свой ток, сушка и "
            "хранение, отгрузка вагонами и автотранспортом. Пробу отбираем при вашем "
            "представителе.",
            "kk": "14 мың гектарға бидай, арпа және зығыр егеміз. Өз қырманымыз, кептіргішіміз "
            "және қоймамыз бар, вагонмен де, автокөлікпен де жөнелтеміз.",
            "en": "We grow wheat, barley and flax on 14 thousand hectares. Own threshing floor, "
            "drying and storage; loading into wagons and trucks.",
        },
        "karabalyk-agro",
        True,
        500_000,
        HARVEST,
        {Ship.PICKUP: "", Ship.RAIL: "Станция Тогузак, от 60 т", Ship.SELLER: "До 400 км"},
        {Pay.PREPAID: "50 % до отгрузки", Pay.LETTER: ""},
        ("Отдел продаж", "Бухгалтерия"),
        PAPERS,
        sections=(
            "grain-oilseeds-pulses",
            "seeds-agrochemicals",
            "livestock-feed",
            "agricultural-machinery",
            "services",
        ),
    ),
    DemoSeller(
        "company",
        "Алтын дән",
        "KZ-11",
        "Атбасар",
        "Астық көшесі, 12",
        {
            "kk": "Элеватор: қабылдау, тазалау, кептіру, 48 мың тонна сақтау. Астық қолхатын "
            "ресімдейміз, жеке теміржол тармағы бар.",
            "ru": "Элеватор: приёмка, очистка, сушка, хранение 48 тысяч тонн. Оформляем зерновые "
            "расписки, есть собственный подъездной путь.",
        },
        "altyn-dan",
        True,
        None,
        HARVEST,
        {Ship.RAIL: "", Ship.PICKUP: ""},
        {Pay.PREPAID: "", Pay.POSTPAID: "5 банковских дней"},
        ("Элеватор", "Диспетчер"),
        PAPERS,
        ("Әбенова", "Гүлнар", "Маратқызы", "kk"),
        sections=("grain-oilseeds-pulses", "services"),
    ),
    DemoSeller(
        "company",
        "СтепьТехСервис",
        "KZ-39",
        "Костанай",
        "Промышленная зона, 41",
        {
            "ru": "Тракторы, комбайны и посевные комплексы, новые и с наработкой. Предпродажная "
            "подготовка, выездной ремонт по области, склад запасных частей.",
        },
        "stepteh",
        True,
        None,
        WEEK | {5: ("10:00", "14:00")},
        {Ship.CARRIER: "Трал по договору", Ship.PICKUP: ""},
        {Pay.PREPAID: "", Pay.LEASING: "", Pay.INSTALMENT: "До 12 месяцев"},
        ("Продажа техники", "Запасные части", "Сервис"),
        PAPERS,
        ("Мельник", "Олег", "Петрович", "ru"),
        sections=("agricultural-machinery", "spare-parts", "construction-machinery"),
    ),
    DemoSeller(
        "sole",
        "Жарқын дала",
        "KZ-59",
        "Тайынша",
        "",
        {
            "kk": "Шаруа қожалығы. Жаздық бидай, рапс, бұршақ. Тұқым өз егістігімізден, сапа "
            "хаттамасымен.",
            "ru": "Крестьянское хозяйство. Яровая пшеница, рапс, горох. Семена с собственных "
            "полей, с протоколом испытаний.",
        },
        "",
        False,
        100_000,
        HARVEST,
        {Ship.PICKUP: "Тиеу біздің есептен", Ship.CARRIER: ""},
        {Pay.CASH: "", Pay.PREPAID: ""},
        ("",),
        ("called_phone",),
        ("Жұмабаев", "Серік", "Болатұлы", "kk"),
        sections=("grain-oilseeds-pulses", "seeds-agrochemicals", "livestock-feed"),
    ),
    DemoSeller(
        "company",
        "Ертіс-Мал",
        "KZ-55",
        "Аксу",
        "Улица Царёва, 18",
        {
            "ru": "Племенной крупный рогатый скот: казахская белоголовая и ангус. Ветеринарные "
            "паспорта, карантин на месте, помощь с субсидиями.",
            "en": "Pedigree cattle: Kazakh whitehead and Angus. Veterinary passports, quarantine "
            "on site.",
        },
        "ertis-mal",
        False,
        None,
        WEEK,
        {Ship.SELLER: "Скотовоз, до 20 голов", Ship.PICKUP: ""},
        {Pay.PREPAID: "", Pay.BARTER: "Корма"},
        ("Зоотехник",),
        ("saw_documents", "checked_number"),
        ("Каримова", "Асель", "Тлеубековна", "ru"),
        sections=("livestock-feed", "food-produce"),
    ),
    DemoSeller(
        "company",
        "Темиртау Металл Трейд",
        "KZ-35",
        "Темиртау",
        "Карагандинское шоссе, 7",
        {
            "ru": "Арматура, листовой прокат, трубы со склада. Резка в размер, сертификаты на "
            "каждую партию, отгрузка в день оплаты.",
        },
        "ttm",
        True,
        150_000,
        WEEK,
        {Ship.RAIL: "От одного вагона", Ship.CARRIER: "", Ship.PICKUP: ""},
        {Pay.PREPAID: "", Pay.POSTPAID: "По договору, до 14 дней"},
        ("Склад", "Отдел продаж"),
        PAPERS,
        ("Власенко", "Ирина", "Андреевна", "ru"),
        sections=("metal", "building-materials-packaging"),
    ),
    DemoSeller(
        "company",
        "Оңтүстік Агрохим",
        "KZ-61",
        "Түркістан",
        "Бекзат Саттарханов даңғылы, 90",
        {
            "kk": "Минералды тыңайтқыштар, өсімдік қорғау құралдары, агроном кеңесі. Көктемгі "
            "егіске алдын ала тапсырыс қабылдаймыз.",
            "ru": "Минеральные удобрения, средства защиты растений, консультация агронома. "
            "Принимаем заявки на весенний сев.",
        },
        "oagrohim",
        True,
        200_000,
        WEEK,
        {Ship.SELLER: "Облыс ішінде", Ship.PICKUP: ""},
        {Pay.PREPAID: "", Pay.INSTALMENT: "Егін жиналғанша"},
        ("Агроном", "Қойма"),
        ("checked_number",),
        ("Төлегенов", "Нұрлан", "Асқарұлы", "kk"),
        sections=("seeds-agrochemicals", "fuel-chemicals"),
    ),
    DemoSeller(
        "sole",
        "Запчасти у Дороги",
        "KZ-75",
        "Алматы",
        "Суюнбая, 461",
        {
            "ru": "Подшипники, ремни, фильтры и уплотнения для тракторов и комбайнов. Подберём "
            "по номеру детали, отправим в любой район.",
        },
        "",
        False,
        None,
        WEEK | {5: ("09:00", "16:00"), 6: ("10:00", "15:00")},
        {Ship.POST: "До 30 кг", Ship.PICKUP: ""},
        {Pay.CARD: "", Pay.CASH: "", Pay.PREPAID: ""},
        ("Магазин",),
        (),
        ("Цой", "Виктор", "Сергеевич", "ru"),
        sections=("spare-parts",),
    ),
    DemoSeller(
        "company",
        "Каспий Карго",
        "KZ-47",
        "Актау",
        "Морпорт, причал 4",
        {
            "en": "Grain and container transport by sea, rail and road: Aktau, Baku, Turkmenbashi. "
            "Own hoppers and grain trucks.",
            "ru": "Перевозка зерна и контейнеров морем, по железной дороге и автотранспортом: "
            "Актау, Баку, Туркменбаши.",
        },
        "caspian-cargo",
        True,
        None,
        ALWAYS,
        {Ship.RAIL: "", Ship.CONTAINER: "20 и 40 футов", Ship.AGREED: ""},
        {Pay.PREPAID: "", Pay.LETTER: ""},
        ("Диспетчер, круглосуточно",),
        PAPERS,
        ("Садыкова", "Дана", "Кайратовна", "en"),
        sections=("services", "trucks-trailers"),
    ),
    DemoSeller(
        "company",
        "Шығыс дән майы",
        "KZ-63",
        "Усть-Каменогорск",
        "Улица Бажова, 570",
        {
            "ru": "Маслозавод: подсолнечное и рапсовое масло наливом и в бутылках, шрот, лузга в "
            "гранулах. Закупаем семена подсолнечника круглый год.",
        },
        "shygys-dan-mayi",
        True,
        300_000,
        WEEK,
        {Ship.SELLER: "Цистерны от 10 т", Ship.RAIL: "", Ship.PICKUP: ""},
        {Pay.PREPAID: "30 %", Pay.POSTPAID: "Остаток за 3 дня"},
        ("Сбыт", "Закуп семян"),
        ("saw_documents", "called_phone"),
        ("Байжанов", "Арман", "Ерикович", "ru"),
        sections=("food-produce", "livestock-feed", "grain-oilseeds-pulses"),
    ),
    DemoSeller(
        "person",
        "Нұрсұлтан Бекенов",
        "KZ-33",
        "Талдықорған",
        "",
        {"kk": "Жылқы, сойыс малы, қымыз. Саржайлауда көреміз, алдын ала хабарласыңыз."},
        "",
        False,
        None,
        {},
        {Ship.PICKUP: ""},
        {Pay.CASH: ""},
        ("",),
        (),
        ("Бекенов", "Нұрсұлтан", "", "kk"),
        sections=("livestock-feed", "land-property"),
    ),
    DemoSeller(
        "company",
        "Aral Feed Salt",
        "KZ-43",
        "Аральск",
        "Железнодорожная, 1",
        {
            "en": "Feed salt in blocks and in bulk, technical salt, sand. Loading on our own "
            "siding.",
            "ru": "Соль кормовая в брикетах и навалом, соль техническая, песок. Погрузка на "
            "собственном пути.",
        },
        "aral-salt",
        True,
        80_000,
        WEEK,
        {Ship.RAIL: "Станция Аральское море", Ship.PICKUP: ""},
        {Pay.PREPAID: ""},
        ("Sales",),
        ("checked_number", "called_phone"),
        ("Ержанова", "Мадина", "Оразовна", "en"),
        sections=("fuel-chemicals", "building-materials-packaging", "industrial-equipment"),
    ),
]


def add_sellers(sellers, own: User, moderator: User | None, add_person) -> list[Trader]:
    """The demo seller's page and those of others, each with an owner nobody signs in as.

    Those of them who are there now, also from earlier.
    """
    known = members_of([own.email, *map(address, range(1, len(sellers)))])
    traders = []
    for number, demo in enumerate(sellers):
        email = address(number) if number else own.email
        if email not in known:
            owner = add_owner(number, demo, add_person) if number else own
            if owner is None or Member.objects.filter(user=owner).exists():
                continue
            add_seller(number, demo, owner, moderator)
            known |= members_of([email])
        member = known[email]
        traders.append(Trader(member.seller, member.user_id, member.user.language, demo.sections))
    return traders


def members_of(emails):
    members = Member.objects.filter(user__email__in=emails).select_related("seller", "user")
    return {member.user.email: member for member in members}


def address(number):
    return f"seller-{number + 1}@example.com"


def add_seller(number, demo, owner, moderator):
    seller = found(seller_of(demo, number), owner)
    Phone.objects.bulk_create(
        Phone(seller=seller, number=f"+77010{number:04}{place:02}", note=note)
        for place, note in enumerate(demo.phones)
    )
    WorkingDay.objects.bulk_create(
        WorkingDay(
            seller=seller,
            weekday=day,
            opens=time.fromisoformat(opens),
            closes=time.fromisoformat(closes),
        )
        for day, (opens, closes) in demo.hours.items()
    )
    for model, terms in ((Shipping, demo.shipping), (Payment, demo.payment)):
        model.objects.bulk_create(
            model(seller=seller, method=method, conditions=conditions)
            for method, conditions in terms.items()
        )
    if demo.checked and moderator:
        # As `verify` does, without the letters: nobody reads them.
        at = seller.created_at + timedelta(days=3)
        Verification.objects.create(
            seller=seller, by=moderator, at=at, **dict.fromkeys(demo.checked, True)
        )
        Seller.objects.filter(pk=seller.pk).update(verified_at=at)


def add_owner(number, demo, add_person):
    surname, first_name, patronymic, language = demo.owner
    return add_person(
        address(number),
        None,
        surname=surname,
        first_name=first_name,
        patronymic=patronymic,
        activity=User.Activity.TRADE,
        language=language,
    )


def seller_of(demo, number):
    is_company = demo.form == Seller.Form.COMPANY
    return Seller(
        form=demo.form,
        created_at=timezone.now() - timedelta(days=45 + number * 53 % 900),
        name=demo.name,
        bin=with_check_digit(f"9912409{number:04}") if is_company else "",
        iin=with_check_digit(f"9912315{number:04}") if demo.form == Seller.Form.SOLE else "",
        pays_vat=demo.pays_vat,
        region_id=demo.region,
        settlement=demo.settlement,
        street=demo.street,
        website=f"https://{demo.site}.example/" if demo.site else "",
        minimum_order=demo.minimum_order,
        **{f"about_{language}": text for language, text in demo.about.items()},
    )


def with_check_digit(number):
    """Of a number whose rule leaves 10, which is no digit, another one is taken."""
    while (digit := check_digit(number)) > 9:
        number = str(int(number) + 5000)
    return f"{number}{digit}"
