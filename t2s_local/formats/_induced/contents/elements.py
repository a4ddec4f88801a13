"""XML documents as JSON values."""

from collections import Counter
from xml.etree import ElementTree as Xml

from t2s_local.formats._induced.contents.cells import cell
from t2s_local.records.json import Record

_DEEPEST = 60
INSIDE = "@inside"
"""Key of the children of an element, in order, if several of their names recur."""
TEXT = "@text"
"""Key of the text of an element with attributes or children."""


def document(text: str) -> object:
    """Return an XML document as an object under the name of its root; None if the text is no plain XML.

    A document that declares entities or a type is refused: it could unfold to anything.
    """
    if text.lstrip()[:1] != "<" or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    try:
        root = Xml.fromstring(text.lstrip())
    except (Xml.ParseError, ValueError):
        return None
    return {_name(root): _value(root, 0)}


def _name(element: Xml.Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: Xml.Element, depth: int) -> object:
    """Return the value of an element: its text, or an object of its attributes, children and text.

    Children of one name that recurs are a list under that name; if several names recur, all children are a list.
    """
    said = (element.text or "").strip("\n") if len(element) == 0 else (element.text or "").strip()
    children = list(element) if depth < _DEEPEST else []
    if not children and not element.attrib:
        return cell(said) if said else None
    made: Record = {key.rpartition("}")[2]: cell(value) for key, value in element.attrib.items()}
    counts = Counter(_name(child) for child in children)
    again = [name for name, count in counts.items() if count > 1]
    if len(again) > 1:
        made[INSIDE] = [{_name(child): _value(child, depth + 1)} for child in children]
    elif len(again) == 1 == len(counts) and not made and not said:
        return [_value(child, depth + 1) for child in children]
    else:
        for child in children:
            name = _name(child)
            inner = _value(child, depth + 1)
            if name in again:
                made.setdefault(name, []).append(inner)
            else:
                made.setdefault(name, inner)
    if said:
        made.setdefault(TEXT, said)
    return made
