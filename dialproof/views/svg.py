"""An SVG file as an element for a page: smaller, with names of its own, and in the page's own colours.

A file may be as wide as it likes, call its parts what it likes, and bring its colours along. On a page several drawings
stand side by side, on paper or on a dark screen: so ids get a prefix, the width follows the page, and each colour is a
CSS variable, whose fallback is the colour of the file.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from dialproof.views.ink import COLOUR_NAMES

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_USELESS = {f"{{{_SVG}}}{name}" for name in ("metadata", "style")}
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LONG_FRACTION = re.compile(r"(?<![\w#])-?\d+\.\d{3,}")
_COORDINATES = ("d", "points")


def inline(text: str, prefix: str, says: str = "") -> str:
    """The SVG file `text` as an `<svg>` element.

    Every id begins with `prefix` and a hyphen, so that prefixes of which none is another with a hyphen keep drawings apart.
    `says` is what a screen reader says of the drawing; without it the drawing is hidden from one, and the page has to
    say it. The colours of `dialproof.views.ink` become CSS variables such as `--dialproof-ink`.
    """
    root = ElementTree.fromstring(text)  # noqa: S314  # it was drawn here, a moment ago
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in _USELESS]:
            parent.remove(child)
    used = set(_referred_to(root))
    names = _names(root, prefix)
    for element in root.iter():
        _settle(element, names, used)
    viewbox = root.attrib["viewBox"]
    width = float(viewbox.split()[2])
    root.attrib = {
        "viewBox": viewbox,
        "preserveAspectRatio": "xMidYMin meet",
        # A picture is never blown up: its letters would be larger than those around it.
        "style": f"width: 100%; max-width: {width * 4 / 3:.0f}px; height: auto",
        "focusable": "false",
    } | ({"role": "img", "aria-labelledby": f"{prefix}-says"} if says else {"aria-hidden": "true"})
    if says:
        title = ElementTree.Element(f"{{{_SVG}}}title", {"id": f"{prefix}-says"})
        title.text = says
        root.insert(0, title)
    return _written(root)


def _referred_to(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        for key, value in element.attrib.items():
            yield from _REFERENCE.findall(value)
            if key in (_HREF, "href"):
                yield value.removeprefix("#")


def _names(root: ElementTree.Element, prefix: str) -> dict[str, str]:
    """For each id the one that it gets: a word that HTML and CSS can use, and no two the same."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for element in root.iter():
        given = element.attrib.get("id")
        if given is None or given in names:
            continue
        plain = re.sub(r"[^A-Za-z0-9_.]+", "-", given).strip("-") or "part"
        number, name = 1, f"{prefix}-{plain}"
        while name in taken:
            number += 1
            name = f"{prefix}-{plain}-{number}"
        taken.add(name)
        names[given] = name
    return names


def _settle(element: ElementTree.Element, names: dict[str, str], used: set[str]) -> None:
    """Rename an element's ids and references, name its colours, and write coordinates with two digits."""
    if _HREF in element.attrib:
        element.attrib["href"] = element.attrib.pop(_HREF)
    for key, value in list(element.attrib.items()):
        match key:
            case "id" if _is_numbered(value) and value not in used:
                del element.attrib["id"]
            case "id":
                element.attrib["id"] = names[value]
            case "href":
                element.attrib["href"] = f"#{names[value.removeprefix('#')]}"
            case _ if key in _COORDINATES:
                element.attrib[key] = _shortened(" ".join(value.split()))
            case "style" | "fill" | "stroke":
                element.attrib[key] = _COLOUR.sub(_variable, _renamed(value, names))
            case "clip-path" | "mask" | "filter":
                element.attrib[key] = _renamed(value, names)


def _is_numbered(name: str) -> bool:
    """Whether the drawing library made the name up, as it does for what nobody has named."""
    return re.fullmatch(r"[a-z]+_\d+", name) is not None


def _renamed(value: str, names: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda found: f"url(#{names[found[1]]})", value)


def _shortened(value: str) -> str:
    return _LONG_FRACTION.sub(lambda found: f"{float(found[0]):.2f}", value)


def _variable(found: re.Match[str]) -> str:
    name = COLOUR_NAMES.get(found[0])
    return f"var(--dialproof-{name}, {found[0]})" if name else found[0]


def _written(root: ElementTree.Element) -> str:
    """The element as HTML and XML both read it: one namespace, no empty text between elements."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        element.text = element.text if element.text and element.text.strip() else None
        element.tail = element.tail if element.tail and element.tail.strip() else None
    root.attrib = {"xmlns": _SVG} | root.attrib
    return ElementTree.tostring(root, encoding="unicode")
