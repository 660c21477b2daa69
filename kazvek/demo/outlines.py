"""The shapes of our icons as lines of points, for whatever draws them without a browser."""

import math
import re
from functools import cache
from xml.etree import ElementTree

from ui.drawings import drawing

Point = complex
NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
# A flag of an arc may stand before the next number without anything between.
ARC = re.compile(
    r"\s*,?\s*".join([rf"({NUMBERS.pattern})"] * 3 + ["([01])"] * 2 + [rf"({NUMBERS.pattern})"] * 2)
)
STEPS = 16


@cache
def outlines(icon: str) -> tuple[list[list[Point]], bool]:
    """On the grid of 24, and whether they are filled rather than drawn with a pen."""
    shapes, is_solid = drawing(icon)
    lines = []
    for element in ElementTree.fromstring(f"<svg>{shapes}</svg>"):  # noqa: S314 our own files
        lines += outline(element.tag, dict(element.items()))
    return lines, is_solid


def outline(tag, facts):
    def number(name):
        return float(facts.get(name) or 0)

    if tag == "path":
        return path(facts["d"])
    if tag in ("circle", "ellipse"):
        rx, ry = (number("r"),) * 2 if tag == "circle" else (number("rx"), number("ry"))
        turns = [2 * math.pi * step / (4 * STEPS) for step in range(4 * STEPS + 1)]
        centre = complex(number("cx"), number("cy"))
        return [[centre + complex(rx * math.cos(t), ry * math.sin(t)) for t in turns]]
    if tag == "rect":
        x, y, width, height = map(number, ("x", "y", "width", "height"))
        r = number("rx") or number("ry")
        corner = f"a{r} {r} 0 0 1"
        return path(
            f"M{x + r} {y}h{width - 2 * r}{corner} {r} {r}v{height - 2 * r}{corner} {-r} {r}"
            f"h{2 * r - width}{corner} {-r} {-r}v{2 * r - height}{corner} {r} {-r}z"
        )
    if tag in ("polyline", "polygon", "line"):
        points = facts.get("points") or "{x1} {y1} {x2} {y2}".format_map(facts)
        return path(f"M{points}" + ("z" if tag == "polygon" else ""))
    return []


def path(data):
    lines, here, start, handle = [], 0j, 0j, 0j
    for letter, rest in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", re.sub(r"e-\d+", "", data)):
        command, base_of = letter.upper(), letter.islower()
        if command == "Z":
            lines[-1].append(start)
            here = start
            continue
        for number, given in enumerate(arguments(command, rest)):
            base = here if base_of else 0j
            before, first = here, handle
            if command in "HV":
                along = complex(given[0], 0) if command == "H" else complex(0, given[0])
                kept = 0j if base_of else complex(0, here.imag) if command == "H" else here.real
                here = base + along + kept
                lines[-1].append(here)
                handle = here
                continue
            if command == "A":
                rx, ry, turn, large, sweep, x, y = given
                here = base + complex(x, y)
                lines[-1] += arc(before, here, rx, ry, turn, large == 1, sweep == 1)
                handle = here
                continue
            points = [base + complex(*pair) for pair in zip(given[::2], given[1::2], strict=True)]
            here = points[-1]
            if command == "M" and number == 0:
                lines.append([here])
                start = here
            elif command in "ML":
                lines[-1].append(here)
            else:
                # Smooth curves leave a point as the last one came to it.
                smooth = [2 * before - first] if command in "ST" else []
                bends = [*smooth, *points[:-1]]
                lines[-1] += curve([before, *bends, here])
                handle = bends[-1]
                continue
            handle = here
    return lines


def arguments(command, rest):
    if command == "A":
        return [tuple(map(float, found)) for found in ARC.findall(rest)]
    numbers = [float(found) for found in NUMBERS.findall(rest)]
    size = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2}[command]
    return [numbers[at : at + size] for at in range(0, len(numbers), size)]


def curve(points):
    """Of Bézier, with one bend or two: between neighbours, until one is left."""
    found = []
    for step in range(1, STEPS + 1):
        t, between = step / STEPS, points
        while len(between) > 1:
            between = [a + (b - a) * t for a, b in zip(between, between[1:], strict=False)]
        found += between
    return found


def arc(start, end, rx, ry, turn, large, sweep):
    """As the SVG standard has it (F.6.5): from both ends to the centre, then round it."""
    if start == end or not rx or not ry:
        return [end]
    tilt = complex(math.cos(math.radians(turn)), math.sin(math.radians(turn)))
    half = (start - end) / 2 / tilt
    stretch = math.hypot(half.real / rx, half.imag / ry)
    rx, ry = rx * max(stretch, 1), ry * max(stretch, 1)
    off = math.sqrt(max(1 / min(stretch, 1) ** 2 - 1, 0)) if stretch < 1 else 0
    side = 1 if large != sweep else -1
    middle = complex(rx * half.imag / ry, -ry * half.real / rx) * off * side
    centre = middle * tilt + (start + end) / 2

    def angle(point):
        return math.atan2(point.imag / ry, point.real / rx)

    begin, finish = angle(half - middle), angle(-half - middle)
    around = (finish - begin) % (2 * math.pi)
    around -= 0 if sweep else 2 * math.pi
    steps = [begin + around * step / STEPS for step in range(1, STEPS + 1)]
    return [centre + complex(rx * math.cos(a), ry * math.sin(a)) * tilt for a in steps]
