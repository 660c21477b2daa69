from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import CombinedSearchVector, SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Value
from django.utils import timezone

from listings import words
from listings.models.catalogue import Attribute, Category, Choice, DealType
from listings.states import State
from listings.words import number_tokens
from sellers.models import Seller
from ui import alphabet

Type = Attribute.Type
LEVELS = ["section", "branch", "leaf"]
# Of a description: with more, a document would no longer lie in its row.
MOST_WORDS = 120


class SearchDocumentQuerySet(models.QuerySet):
    def live(self, at=None):
        """What everybody finds, now unless it is said when."""
        hidden = HiddenSeller.objects.values("seller")
        return self.filter(expires_at__gt=at or timezone.now()).exclude(seller__in=hidden)

    def file(self, listings):
        """Bring the documents of these ads in line: what is not published has none.

        The caller is in a transaction that also changes the ads.
        """
        published = [one for one in listings if one.state == State.PUBLISHED]
        gone = [one.pk for one in listings if one.state != State.PUBLISHED]
        if gone:
            self.filter(pk__in=gone).delete()
        if published:
            catalogue = Named(published)
            self.bulk_create(
                [catalogue.document(one) for one in published],
                update_conflicts=True,
                unique_fields=["listing"],
                update_fields=FILED,
            )


class SearchDocument(models.Model):
    """What is known of an ad where ads are searched: few and short columns, so that a million of
    them are searched quickly. Everything it says stands in the ad.
    """

    listing = models.OneToOneField(
        "listings.Listing", on_delete=models.CASCADE, primary_key=True, related_name="document"
    )
    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    # The way to its category, from the top.
    section = models.BigIntegerField()
    branch = models.BigIntegerField(null=True)
    leaf = models.BigIntegerField(null=True)
    deal_type = models.CharField(max_length=10, choices=DealType)
    region = models.CharField(max_length=6, null=True)  # noqa: DJ001 a key; null is abroad
    latitude = models.FloatField()
    longitude = models.FloatField()
    price_kzt = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    sort_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Of the ad when this was written.
    version = models.PositiveIntegerField()
    # Keys of the choices it answers with; of a yes 2 × the attribute + 1, of a no 2 × the
    # attribute, below nothing.
    choices = ArrayField(models.BigIntegerField())
    # Stems of words, those of the title with weight; and what it can be filtered by.
    bag = SearchVectorField()

    objects = SearchDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "search document"
        verbose_name_plural = "search documents"
        indexes = [
            GinIndex(fields=["bag"], name="document_bag", fastupdate=False),
            *(
                models.Index(
                    *columns, F("sort_at").desc(), F("listing").desc(), name=f"document_{name}_new"
                )
                for name, columns in {
                    "all": [],
                    "seller": ["seller"],
                    "region": ["region"],
                    **{level: [level] for level in LEVELS},
                    **{f"{level}_region": [level, "region"] for level in LEVELS},
                }.items()
            ),
            *(
                models.Index(*columns, "price_kzt", "listing", name=f"document_{name}_price")
                for name, columns in {"all": [], **{level: [level] for level in LEVELS}}.items()
            ),
            models.Index(fields=["latitude", "longitude"], name="document_place"),
        ]

    def __str__(self):
        return f"№ {self.pk}"


FILED = [field.name for field in SearchDocument._meta.fields if field.name != "listing"]


class Named:
    """The names that a few ads refer to, read once for all of them."""

    def __init__(self, listings):
        self.categories = Category.objects.in_bulk({one.category_id for one in listings})
        above = {pk for category in self.categories.values() for pk in category.ancestors}
        self.categories |= Category.objects.in_bulk(above - self.categories.keys())
        answers = [answer for one in listings for answer in one.answers]
        self.types = dict(
            Attribute.objects.filter(
                pk__in={answer["attribute"] for answer in answers}
            ).values_list("pk", "type")
        )
        self.choices = Choice.objects.in_bulk(
            {
                pk
                for answer in answers
                for pk in keys_of_choices(self.types.get(answer["attribute"]), answer["value"])
            }
        )

    def document(self, listing):
        category = self.categories[listing.category_id]
        path = [*category.ancestors, category.pk]
        place = listing.settlement or listing.region
        region = listing.region_id or listing.settlement.region_id
        return SearchDocument(
            listing=listing,
            seller_id=listing.seller_id,
            deal_type=listing.deal_type,
            region=region,
            latitude=place.latitude,
            longitude=place.longitude,
            price_kzt=listing.price_kzt,
            sort_at=listing.sort_at,
            expires_at=listing.expires_at,
            version=listing.version,
            choices=sorted(self.facets(listing)),
            bag=holding(*self.said(listing, path, region)),
            **dict(zip(LEVELS, path + [None] * (len(LEVELS) - len(path)), strict=True)),
        )

    def facets(self, listing):
        found = set()
        for answer in listing.answers:
            match self.types.get(answer["attribute"]):
                case Type.CHOICE | Type.CHOICES as type:
                    found |= set(keys_of_choices(type, answer["value"])) & self.choices.keys()
                case Type.YES_NO:
                    found.add(yes_no(answer["attribute"], answer["value"]))
        return found

    def said(self, listing, path, region):
        """The words of its title, those beside it, and its tokens."""
        title = words.without_contacts(listing.title)
        description = words.without_contacts(listing.description)
        told = [words.without_contacts(text) for text in self.texts(listing)]
        names = [self.categories[path[-1]]]
        # A section has so many ads that its name says little.
        names += [self.categories[pk] for pk in path[1:-1]]
        names += [self.choices[pk] for pk in sorted(self.facets(listing)) if pk > 0]
        names += [place for place in (listing.settlement, listing.region) if place]
        named = [text for one in names for text in (one.name_kk, one.name_ru, one.name_en)]
        spoken = alphabet.folded(f"{description} {listing.village}").split()[:MOST_WORDS]
        around = " ".join([*spoken, *map(alphabet.folded, [*named, *told])])
        codes = sorted(f"p:{code}" for code in words.codes(" ; ".join([title, *told])))
        return alphabet.folded(title), around, sorted(self.tokens(listing, path, region)) + codes

    def tokens(self, listing, path, region):
        tags = {f"a:{pk}" for pk in self.facets(listing)}
        if region:
            tags.add(f"r:{region}")
        found = tags | {f"d:{listing.deal_type}"}
        for pk in path:
            found |= {f"c:{pk}", *(f"c:{pk}|{tag}" for tag in tags)}
        for answer in listing.answers:
            if self.types.get(answer["attribute"]) in (Type.NUMBER, Type.YEAR):
                found |= {
                    f"n{answer['attribute']}:{token}" for token in number_tokens(answer["value"])
                }
        return found

    def texts(self, listing):
        return [
            str(answer["value"])
            for answer in listing.answers
            if self.types.get(answer["attribute"]) == Type.TEXT
        ]


def keys_of_choices(type, value):
    if type == Type.CHOICE:
        return [value]
    return value if type == Type.CHOICES else []


def yes_no(attribute, value):
    return -(2 * attribute + bool(value))


def holding(title, around, tokens):
    """The bag of these words and tokens."""
    text = models.TextField()
    words_of_title = SearchVector(Value(title, text), config="russian", weight="A")
    other_words = Func(
        SearchVector(Value(around, text), config="russian"),
        function="strip",
        output_field=SearchVectorField(),
    )
    lexemes = Func(
        Value(tokens, ArrayField(text)),
        function="array_to_tsvector",
        output_field=SearchVectorField(),
    )
    return CombinedSearchVector(
        CombinedSearchVector(words_of_title, "||", other_words, None), "||", lexemes, None
    )


class HiddenSeller(models.Model):
    """A seller whom nobody sees now. Triggers keep these rows, see the migration: whether somebody
    answers for a seller changes in tables of other apps, and a search must know at once.
    """

    seller = models.OneToOneField(
        Seller, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )

    class Meta:
        verbose_name = "hidden seller"
        verbose_name_plural = "hidden sellers"

    def __str__(self):
        return f"№ {self.pk}"


class Word(models.Model):
    """A word as it is written in names and titles: what a misspelt one is corrected to."""

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        verbose_name = "word"
        verbose_name_plural = "words"
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="word_parts")]

    def __str__(self):
        return self.word
