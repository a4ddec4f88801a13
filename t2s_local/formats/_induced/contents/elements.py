"""XML documents as JSON values."""

from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from t2s_local.formats._build import gathered
from t2s_local.formats._induced.contents.cells import cell

_DEEPEST = 60
INSIDE = "@inside"
"""Key of the children of an element, and of the texts between them, in order."""
TEXT = "@text"
"""Key of the text of an element with attributes or children."""


def document(text: str) -> object:
    """Return an XML document as an object under the name of its root; None if it is no plain XML or nested deeply.

    A document that declares entities or a type is refused: it could unfold to anything.
    """
    if text.lstrip()[:1] != "<" or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    try:
        root = Xml.fromstring(text.lstrip())
    except (Xml.ParseError, ValueError):
        return None
    return None if _is_deep(root) else {_name(root): _value(root)}


def _is_deep(root: Xml.Element) -> bool:
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
    return bool(level)


def _name(element: Xml.Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: Xml.Element) -> object:
    """Return the value of an element: its text, or an object of its attributes, children and text.

    Attributes and children of one name are a list under that name; if several names of children recur, or texts stand
    between them, all children are a list.
    """
    said = (element.text or "").strip("\n") if len(element) == 0 else (element.text or "").strip()
    if len(element) == 0 and not element.attrib:
        return cell(said) if said else None
    pairs = [(key.rpartition("}")[2], cell(value)) for key, value in element.attrib.items()]
    names = Counter(map(_name, element))
    is_mixed = any((child.tail or "").strip() for child in element)
    if is_mixed or sum(count > 1 for count in names.values()) > 1:
        pairs.append((INSIDE, list(_inside(element))))
    elif len(names) == 1 and len(element) > 1 and not pairs and not said:
        return list(map(_value, element))
    else:
        pairs += [(_name(child), _value(child)) for child in element]
    return gathered([*pairs, *([(TEXT, said)] if said else [])])


def _inside(element: Xml.Element) -> Iterator[object]:
    """Yield each child as an object under its name, and the text behind it."""
    for child in element:
        yield {_name(child): _value(child)}
        if behind := (child.tail or "").strip():
            yield behind
