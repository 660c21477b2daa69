"""The growth of pages as bars, two for each kind, in SVG that needs nothing beside it."""

from xml.sax.saxutils import escape

WIDTH, LABELS, ROW, BAR = 720, 200, 64, 20
INK, COLOURS = "#26303a", {"small": "#b9a877", "large": "#3f6b8f"}


def draw(grown: dict[str, dict[str, float]], sizes: dict[str, int]) -> str:
    most = max(ms for of in grown.values() for ms in of.values())
    scale = (WIDTH - LABELS - 90) / most
    height = 60 + ROW * len(grown)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="14">',
        "<title>Time of a page, one client, middle of all, in milliseconds</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for place, (size, ads) in enumerate(sizes.items()):
        x = LABELS + place * 160
        parts.append(f'<rect x="{x}" y="14" width="14" height="14" fill="{COLOURS[size]}"/>')
        parts.append(text(x + 20, 26, f"{ads:,} ads".replace(",", " ")))
    for row, (name, of) in enumerate(grown.items()):
        y = 52 + row * ROW
        parts.append(text(LABELS - 12, y + BAR + 5, name, "end"))
        for place, size in enumerate(sizes):
            top, width = y + place * (BAR + 2), of[size] * scale
            parts.append(
                f'<rect x="{LABELS}" y="{top}" width="{width:.1f}" height="{BAR}" '
                f'fill="{COLOURS[size]}"/>'
            )
            parts.append(text(LABELS + width + 8, top + 15, f"{of[size]:.1f} ms"))
    return "\n".join([*parts, "</svg>\n"])


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y}" fill="{INK}" text-anchor="{anchor}">{escape(words)}</text>'
