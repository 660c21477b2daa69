"""Is what we sent proper HTML? The parser of the standard, and what it does not look at."""

import html5lib

REFERENCES = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"]


def assert_valid(response):
    parser = html5lib.HTMLParser()
    document = parser.parse(response.content.decode())
    assert [f"{where}: {code} {facts}" for where, code, facts in parser.errors] == []

    elements = list(document.iter())
    title = next(element.text for element in elements if element.tag.endswith("}title"))
    assert title.partition("·")[0].strip(), f"The page has no name: {title!r}"

    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids)), sorted(name for name in ids if ids.count(name) > 1)

    targets = [
        target
        for element in elements
        for name in REFERENCES
        for target in (element.get(name) or "").split()
    ]
    targets += [
        element.get("href")[1:] for element in elements if (element.get("href") or "")[:1] == "#"
    ]
    assert set(targets) <= set(ids), set(targets) - set(ids)
