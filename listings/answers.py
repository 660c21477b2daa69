"""What an ad tells of itself: the answers to the questions of its category."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from listings.catalogue import Catalogue
from listings.models.catalogue import Attribute
from ui.money import grouped

Type = Attribute.Type


@dataclass(frozen=True)
class Answer:
    attribute: Attribute
    # Decimal, int, str, bool, Choice or list of Choice, by the type of the attribute.
    value: object

    @property
    def words(self) -> str:
        """As it reads in the current language, without its unit."""
        match self.attribute.type:
            case Type.NUMBER:
                return grouped(self.value, "#,##0.####")
            case Type.CHOICE:
                return str(self.value)
            case Type.CHOICES:
                return ", ".join(map(str, self.value))
            case Type.YES_NO:
                return str(_("yes") if self.value else _("no"))
        return str(self.value)


def pack(answers: dict[Attribute, object]) -> list[dict]:
    """Values as forms give them, for the column `answers`."""
    packed = []
    for attribute, value in answers.items():
        if value in (None, "", []):
            continue
        match attribute.type:
            case Type.NUMBER:
                value = f"{Decimal(value).normalize():f}"
            case Type.CHOICE:
                value = value.pk
            case Type.CHOICES:
                value = [choice.pk for choice in value]
        packed.append({"attribute": attribute.pk, "value": value})
    return packed


def unpack(packed: list[dict], catalogue: Catalogue) -> list[Answer]:
    """In the order they were given; also archived attributes and choices can still be read."""
    answers = []
    for item in packed:
        attribute, value = catalogue.attributes.get(item["attribute"]), item["value"]
        if attribute is None:
            continue
        match attribute.type:
            case Type.NUMBER:
                value = Decimal(value)
            case Type.CHOICE:
                value = catalogue.choices.get(value)
            case Type.CHOICES:
                value = [catalogue.choices[pk] for pk in value if pk in catalogue.choices]
        if value not in (None, []):
            answers.append(Answer(attribute, value))
    return answers
