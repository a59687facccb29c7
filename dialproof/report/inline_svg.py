"""The drawings of one page: what they share (the outlines of letters, the looks of lines) is written once for all of them.

A drawing by itself carries an outline of every letter that it uses, and says of each line how it looks. On a page with thirty
drawings that is most of the page; and a content security policy with hashes forbids `style` attributes altogether. So outlines
go into one hidden drawing that all others refer to, and looks become the classes of one style sheet.
"""

import re
from xml.etree import ElementTree

from markupsafe import Markup

from dialproof.report.document import Picture
from dialproof.views.svg import inline

_SVG = "http://www.w3.org/2000/svg"
_VIEWBOX = re.compile(r'viewBox="\S+ \S+ (\S+) \S+"')
_PIXELS_PER_POINT = 4 / 3


def width_of(picture: Picture) -> int:
    """How wide the drawing is by itself, in CSS pixels."""
    found = _VIEWBOX.search(picture.svg)
    assert found is not None, "a drawing without a size"
    return round(float(found[1]) * _PIXELS_PER_POINT)


class Gallery:
    """The drawings of one page. All of them are added before anybody asks for what they share."""

    def __init__(self) -> None:
        self._outlines: dict[tuple[str, str], str] = {}
        self._looks: dict[str, str] = {}
        self._widths: set[int] = set()

    def add(self, picture: Picture) -> Markup:
        """The drawing as an element for the page. It is hidden from a screen reader: the figure around it has the words."""
        root = ElementTree.fromstring(inline(picture.svg, picture.id))  # noqa: S314  # it was drawn here, a moment ago
        width = width_of(picture)
        root.attrib.pop("style", None)
        root.attrib |= {"width": str(width), "class": f"drawing natural-{width}"}
        self._widths.add(width)
        letters = self._letters_of(root)
        for element in root.iter():
            look = element.attrib.pop("style", None)
            if look is not None:
                element.attrib["class"] = self._looks.setdefault(look, f"look-{len(self._looks)}")
            target = element.attrib.get("href", "").removeprefix("#")
            if target in letters:
                element.attrib["href"] = f"#{letters[target]}"
        return _markup(root)

    def shared(self) -> Markup:
        """The hidden drawing with the outlines of all letters."""
        root = ElementTree.Element("svg", {"class": "letters", "aria-hidden": "true", "focusable": "false"})
        definitions = ElementTree.SubElement(root, "defs")
        for (outline, transform), name in self._outlines.items():
            ElementTree.SubElement(definitions, "path", {"id": name, "d": outline, "transform": transform})
        return _markup(root)

    def css(self) -> str:
        """The style sheet of all drawings."""
        rules = [".drawing *{stroke-linejoin:round;stroke-linecap:butt}"]
        rules += [f".drawing .{name}{{{look}}}" for look, name in self._looks.items()]
        rules += [f".natural-{width}{{--natural:{width}px}}" for width in sorted(self._widths)]
        return "\n".join(rules)

    def _letters_of(self, root: ElementTree.Element) -> dict[str, str]:
        """Take the outlines of letters out of the drawing; for each id the one that all drawings share."""
        names: dict[str, str] = {}
        for parent in list(root.iter(f"{{{_SVG}}}defs")):
            for child in [child for child in parent if child.tag == f"{{{_SVG}}}path"]:
                parent.remove(child)
                outline = (child.attrib.get("d", ""), child.attrib.get("transform", ""))
                names[child.attrib["id"]] = self._outlines.setdefault(outline, f"letter-{len(self._outlines)}")
        return names


def _markup(root: ElementTree.Element) -> Markup:
    """The element as HTML has it, without a namespace."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704  # ElementTree escapes what it writes
