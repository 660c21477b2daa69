"""Any number of further sellers, made of words: the one of a number is always the same."""

from random import Random

from accounts.models import User
from kazvek.demo.sellers import HARVEST, PAPERS, WEEK, DemoSeller, Pay, Ship
from places.models import Region, Settlement

CROPS = ("grain-oilseeds-pulses", "seeds-agrochemicals")
# What they trade, how they are called behind the name of a place, what they say of themselves.
TRADES = [
    (
        (*CROPS, "livestock-feed", "agricultural-machinery"),
        ["Агро", "Астық", "Дән", "Егін"],
        {
            "ru": "Растениеводческое хозяйство: зерновые, масличные и бобовые. Продаём урожай, "
            "семена и технику, которую обновляем.",
            "kk": "Өсімдік шаруашылығы: дәнді, майлы және бұршақ дақылдары. Өнім, тұқым және "
            "жаңартып жатқан техникамызды сатамыз.",
            "en": "A crop farm: cereals, oilseeds and pulses. We sell our crop, seed and the "
            "machines we replace.",
        },
    ),
    (
        ("livestock-feed", "food-produce", "land-property"),
        ["Мал", "Төлдік", "Ферма", "Асыл"],
        {
            "ru": "Животноводческое хозяйство: племенной и товарный скот, молоко, мясо, корма.",
            "kk": "Мал шаруашылығы: асыл тұқымды және тауарлы мал, сүт, ет, жем-шөп.",
            "en": "A livestock farm: breeding and commercial stock, milk, meat and feed.",
        },
    ),
    (
        ("agricultural-machinery", "construction-machinery", "trucks-trailers", "spare-parts"),
        ["Техника", "Машина", "Трактор", "Мотор"],
        {
            "ru": "Сельхозтехника, спецтехника и грузовики, новые и с наработкой. Осмотр на "
            "площадке, помощь с доставкой.",
            "kk": "Ауыл шаруашылығы техникасы, арнайы техника және жүк көліктері, жаңасы да, "
            "жұмыс істегені де. Алаңда көріп, жеткізуге көмектесеміз.",
            "en": "Farm and construction machines and trucks, new and used. See them in our yard; "
            "we help with delivery.",
        },
    ),
    (
        ("spare-parts", "fuel-chemicals"),
        ["Запчасть", "Бөлшек", "Деталь", "Подшипник"],
        {
            "ru": "Склад запасных частей: подбираем по номеру, отправляем в районы.",
            "kk": "Қосалқы бөлшектер қоймасы: нөмірі бойынша таңдап, аудандарға жібереміз.",
            "en": "A parts store: we find parts by number and send them to the districts.",
        },
    ),
    (
        ("metal", "building-materials-packaging", "industrial-equipment"),
        ["Металл", "Строй", "Прокат", "Құрылыс"],
        {
            "ru": "Металлопрокат и строительные материалы со склада и под заказ. Резка, доставка.",
            "kk": "Металл прокаты мен құрылыс материалдары қоймадан және тапсырыспен. Кесеміз, "
            "жеткіземіз.",
            "en": "Steel and building materials from stock and to order; cutting and delivery.",
        },
    ),
    (
        ("fuel-chemicals", "industrial-equipment"),
        ["Ойл", "Мұнай", "Газ", "Энерго"],
        {
            "ru": "Топливо, масла и оборудование для хозяйств и предприятий.",
            "kk": "Шаруашылықтар мен кәсіпорындарға отын, май және жабдық.",
            "en": "Fuel, oils and equipment for farms and plants.",
        },
    ),
    (
        ("services", "trucks-trailers", "land-property"),
        ["Сервис", "Транс", "Жол", "Қызмет"],
        {
            "ru": "Перевозки, полевые работы, ремонт и аренда техники. Работаем по договору.",
            "kk": "Тасымал, дала жұмыстары, техника жөндеу және жалға беру. Келісімшартпен "
            "жұмыс істейміз.",
            "en": "Haulage, field work, repairs and hire of machines, all by contract.",
        },
    ),
    (
        ("food-produce", "building-materials-packaging"),
        ["Азық", "Продукт", "Диірмен", "Ас"],
        {
            "ru": "Мука, крупы, масло, овощи и упаковка оптом.",
            "kk": "Ұн, жарма, май, көкөніс және қаптама көтерме бағамен.",
            "en": "Flour, groats, oil, vegetables and packaging, wholesale.",
        },
    ),
]
# Names of no place in particular.
NAMES = [
    *("Сарыбел", "Көктерек", "Ақжота", "Тасөзек", "Майқұдық", "Қызылбел", "Боздала", "Жанақоныс"),
    *("Кеңөріс", "Шыбынды", "Қарабұйрат", "Аққайнар", "Белтоғай", "Ұзынарал", "Сорбұлақ"),
    *("Бастаубел", "Жусандала", "Тереңсай", "Көкдөнен", "Айдынгүл", "Еңбекжол", "Нұрдала"),
    *("Степной Ключ", "Золотой Увал", "Три Кургана", "Ковыльный Край", "Тихий Яр", "Белый Колос"),
    *("Новая Межа", "Дальний Стан", "Большая Нива", "Сухой Лог", "Ясный Угол", "Полынный Дол"),
]
PEOPLE = {
    "kk": (
        [
            "Әубәкіров",
            "Бейсенов",
            "Дүйсенбаев",
            "Есмағамбетов",
            "Жақсыбеков",
            "Қалиев",
            "Молдабеков",
        ],
        ["Асқар", "Бауыржан", "Дәурен", "Ерлан", "Жандос", "Қайрат", "Мұрат", "Нұржан"],
    ),
    "ru": (
        ["Андрющенко", "Белов", "Гартман", "Дорошенко", "Ефимов", "Литвин", "Рудаков", "Шмидт"],
        ["Алексей", "Виктор", "Геннадий", "Игорь", "Николай", "Павел", "Роман", "Юрий"],
    ),
}
SHIPPING = [
    {Ship.PICKUP: ""},
    {Ship.PICKUP: "", Ship.SELLER: ""},
    {Ship.CARRIER: "", Ship.PICKUP: ""},
    {Ship.RAIL: "", Ship.PICKUP: "", Ship.CARRIER: ""},
]
PAYMENT = [{Pay.PREPAID: ""}, {Pay.PREPAID: "", Pay.CASH: ""}, {Pay.PREPAID: "", Pay.POSTPAID: ""}]


def more_sellers(numbers: range, seed: int) -> list[DemoSeller]:
    if not numbers:
        return []
    # In turn, so that there are some in every region.
    regions = list(Region.objects.shown().order_by("code"))
    towns = {}
    for town in Settlement.objects.shown().exclude(region=None).order_by("geonames_id"):
        towns.setdefault(town.region_id, []).append(town)
    return [one(number, seed, regions[number % len(regions)], towns) for number in numbers]


def one(number, seed, region, towns):
    rng = Random(f"{seed}:seller:{number}")  # noqa: S311 nothing secret
    sections, endings, about = TRADES[number % len(TRADES)]
    language = rng.choice(["ru", "ru", "kk", "kk", "en"])
    surnames, first_names = PEOPLE["kk" if language == "kk" else rng.choice(["kk", "ru"])]
    surname, first_name = rng.choice(surnames), rng.choice(first_names)
    form = rng.choices(["company", "sole", "person"], [6, 3, 1])[0]
    around = sorted(towns[region.pk], key=lambda town: -town.population)
    town = rng.choice(around[:12])
    named = f"{NAMES[number % len(NAMES)]} {rng.choice(endings)}"
    return DemoSeller(
        form=form,
        name=f"{first_name} {surname}" if form == "person" else named,
        region=region.pk,
        settlement=town.name_kk if language == "kk" else town.name_ru,
        about={language: about[language]} | ({"ru": about["ru"]} if rng.random() < 0.5 else {}),
        pays_vat=form == "company" and rng.random() < 0.7,
        minimum_order=rng.choice([None, None, None, 50_000, 100_000, 250_000]),
        hours=rng.choice([{}, WEEK, HARVEST]),
        shipping=rng.choice(SHIPPING),
        payment=rng.choice(PAYMENT),
        checked=rng.choice([(), PAPERS, ("called_phone",), ("checked_number", "called_phone")]),
        owner=(surname, first_name, "", User.Language(language).value),
        sections=sections,
    )
