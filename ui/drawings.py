import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

OWN = Path(__file__).parent / "icons"


@cache
def drawing(name: str) -> tuple[SafeString, bool]:
    """The shapes inside an icon, and whether they are filled rather than drawn with a pen.

    Ours come first: a sign of the trade may share its name with one of lucide's.
    """
    own = OWN / f"{name}.svg"
    svg = own.read_text() if own.is_file() else lucide(name, size=None)
    opening, _, rest = svg.partition(">")
    shapes = re.sub(r"\s+", " ", rest.rpartition("</svg>")[0]).strip()
    shapes = shapes.replace(" />", "/>").replace("> <", "><")
    return mark_safe(shapes), 'fill="currentColor"' in opening  # noqa: S308 our own files
