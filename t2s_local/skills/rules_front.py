"""Rules on the front matter: keys, name, description."""

import re
from collections.abc import Iterable

from t2s_local.errors import InputError
from t2s_local.skills.rulebook import Chapter, Hit
from t2s_local.skills.source import MAIN, SkillSource

CHAPTER: Chapter[SkillSource] = Chapter()
KEYS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
"""Keys that the Agent Skills specification allows."""
DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{kind}{number}" for kind in ("com", "lpt") for number in "0123456789"}
)
"""Device names of Windows, which no folder can have there."""
RESERVED = ("anthropic", "claude")
"""Words that the services of one vendor refuse in the names of skills."""
LONGEST_NAME = 64
LONGEST_DESCRIPTION = 1024
LONGEST_COMPATIBILITY = 500
EARLY = 250
"""Number of characters of a description that a listing may show."""
USUAL_DESCRIPTION = range(120, 601)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TRIGGER = re.compile(r"\buse\b[^.]{0,40}\b(?:when|whenever|if|for|before|after|to)\b", re.IGNORECASE)
_PERSON = re.compile(r"\b(?:I|I'm|I'll|we|our|you|your)\b")
_QUOTED = re.compile(r"“[^”]*”")
_TAG = re.compile(r"<[A-Za-z/!][^>]*>")
_TEXT_KEYS = ("name", "description", "license", "compatibility", "allowed-tools")


@CHAPTER.rule("front-matter", "error", "SKILL.md exists and starts with front matter in plain YAML between --- lines.")
def front_matter(source: SkillSource) -> Iterable[Hit]:
    """Report a SKILL.md that cannot be parsed."""
    if isinstance(source.document, InputError):
        yield Hit(MAIN, source.document.line, source.document.message)


@CHAPTER.rule("front-keys", "error", "The front matter has no keys beyond the six of the specification.")
def front_keys(source: SkillSource) -> Iterable[Hit]:
    """Report unknown keys of the front matter."""
    for key in source.front:
        if key not in KEYS:
            yield _hit(source, key, f"the specification knows no key {key!r}")


@CHAPTER.rule("front-types", "error", "Every value is text, and metadata maps texts to texts.")
def front_types(source: SkillSource) -> Iterable[Hit]:
    """Report values that are no text, and metadata that does not map texts to texts."""
    for key in _TEXT_KEYS:
        if key in source.front and not isinstance(source.front[key], str):
            yield _hit(source, key, f"{key} is no text")
    if "metadata" not in source.front:
        return
    metadata = source.front["metadata"]
    if not isinstance(metadata, dict):
        yield _hit(source, "metadata", "metadata is no mapping")
    elif nested := [str(key) for key, value in metadata.items() if not isinstance(value, str)]:
        yield _hit(source, "metadata", f"metadata holds no text under {', '.join(nested)}")


@CHAPTER.rule("compatibility-length", "error", "The compatibility, where it is stated, has 1-500 characters.")
def compatibility_length(source: SkillSource) -> Iterable[Hit]:
    """Report a value of ``compatibility`` that is empty or has more than 500 characters."""
    value = source.front.get("compatibility")
    if not isinstance(value, str):
        return
    if not value.strip():
        yield _hit(source, "compatibility", "compatibility says nothing")
    elif len(value) > LONGEST_COMPATIBILITY:
        yield _hit(source, "compatibility", f"{len(value)} characters, at most {LONGEST_COMPATIBILITY}")


@CHAPTER.rule("front-dashes", "error", "No value holds ---, which simple readers take for the end of the front matter.")
def front_dashes(source: SkillSource) -> Iterable[Hit]:
    """Report values that contain the delimiter ``---``."""
    for key, value in source.front.items():
        if "---" in str(value):
            yield _hit(source, key, f"{key} holds ---")


@CHAPTER.rule("allowed-tools", "warning", "The skill does not grant itself tools.")
def allowed_tools(source: SkillSource) -> Iterable[Hit]:
    """Report the key ``allowed-tools``."""
    if "allowed-tools" in source.front:
        yield _hit(source, "allowed-tools", "allowed-tools takes a decision that is the user's")


@CHAPTER.rule("name-form", "error", "The name is 1-64 of a-z, 0-9 and single hyphens inside.")
def name_form(source: SkillSource) -> Iterable[Hit]:
    """Report a missing name, and a name that the specification does not allow."""
    if isinstance(source.document, InputError):
        return
    name = source.front.get("name")
    if not isinstance(name, str) or not name:
        yield _hit(source, "name", "there is no name")
    elif not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        yield _hit(source, "name", f"{name!r} is not 1-{LONGEST_NAME} of a-z, 0-9 and single hyphens inside")


@CHAPTER.rule("name-folder", "error", "The name is that of the folder.")
def name_folder(source: SkillSource) -> Iterable[Hit]:
    """Report a name that differs from the name of the folder."""
    name = source.front.get("name")
    if name and name != source.name:
        yield _hit(source, "name", f"the name is {name!r}, the folder's is {source.name!r}")


@CHAPTER.rule("name-device", "error", "The name is not one Windows keeps for a device, such as con or com1.")
def name_device(source: SkillSource) -> Iterable[Hit]:
    """Report a name that is a device name of Windows."""
    name = str(source.front.get("name", ""))
    if name.lower() in DEVICES:
        yield _hit(source, "name", f"Windows keeps {name!r} for a device")


@CHAPTER.rule("name-reserved", "error", "The name holds no word that is kept for a maker of agents.")
def name_reserved(source: SkillSource) -> Iterable[Hit]:
    """Report reserved words anywhere in the name, because the vendor's services refuse them there."""
    name = str(source.front.get("name", "")).lower()
    for word in RESERVED:
        if word in name:
            yield _hit(source, "name", f"{word!r} is kept for its maker: some services refuse the skill")


@CHAPTER.rule("description-present", "error", "There is a description.")
def description_present(source: SkillSource) -> Iterable[Hit]:
    """Report a missing or empty description."""
    if not isinstance(source.document, InputError) and not _description(source):
        yield _hit(source, "description", "there is no description")


@CHAPTER.rule("description-line", "error", "The description is one line.")
def description_line(source: SkillSource) -> Iterable[Hit]:
    """Report line breaks in the description, including those of a YAML block."""
    if "\n" in str(source.front.get("description", "")).rstrip("\n"):
        yield _hit(source, "description", "the description has more than one line")


@CHAPTER.rule("description-length", "error", "The description has at most 1024 characters.")
def description_length(source: SkillSource) -> Iterable[Hit]:
    """Report a description with more characters than the specification allows."""
    size = len(_description(source))
    if size > LONGEST_DESCRIPTION:
        yield _hit(source, "description", f"{size} characters, at most {LONGEST_DESCRIPTION}")


@CHAPTER.rule("description-size", "warning", "The description has 120-600 characters.")
def description_size(source: SkillSource) -> Iterable[Hit]:
    """Report a description with fewer or more characters than usual (120 to 600)."""
    size = len(_description(source))
    if size and size not in USUAL_DESCRIPTION and size <= LONGEST_DESCRIPTION:
        yield _hit(source, "description", f"{size} characters, usual are 120-600")


@CHAPTER.rule(
    "description-trigger", "warning", "The description says when to use the skill in its first 250 characters."
)
def description_trigger(source: SkillSource) -> Iterable[Hit]:
    """Report a description without *Use when …* or a similar phrase in its first 250 characters."""
    text = _description(source)
    found = _TRIGGER.search(text)
    if text and (found is None or found.end() > EARLY):
        where = "nowhere" if found is None else f"only at character {found.start() + 1}"
        yield _hit(source, "description", f"'Use when …' stands {where}")


@CHAPTER.rule("description-what", "warning", "The description says what the skill does before it says when to use it.")
def description_what(source: SkillSource) -> Iterable[Hit]:
    """Report a description with fewer than three words before the phrase that says when to use the skill."""
    text = _description(source)
    found = _TRIGGER.search(text)
    if found is not None and len(text[: found.start()].split()) < 3:
        yield _hit(source, "description", "it does not say what the skill does")


@CHAPTER.rule("description-person", "warning", "The description speaks in the third person.")
def description_person(source: SkillSource) -> Iterable[Hit]:
    """Report the first or second person (I, we, you) in the description."""
    found = _PERSON.search(_QUOTED.sub("", _description(source)))
    if found:
        yield _hit(source, "description", f"{found.group()!r} is not the third person")


@CHAPTER.rule("description-tags", "error", "The description holds no markup.")
def description_tags(source: SkillSource) -> Iterable[Hit]:
    """Report tags in the description, which becomes part of a prompt."""
    found = _TAG.search(_description(source))
    if found:
        yield _hit(source, "description", f"{found.group()[:40]!r} reads as a tag inside a prompt")


@CHAPTER.rule("description-brackets", "warning", "The description holds no < and no >, which some validators refuse.")
def description_brackets(source: SkillSource) -> Iterable[Hit]:
    """Report angle brackets in the description that are no tag."""
    text = _description(source)
    if ("<" in text or ">" in text) and _TAG.search(text) is None:
        yield _hit(source, "description", "it holds < or >, which some validators refuse")


def has_trigger(description: str) -> bool:
    """Return whether *description* says when to use the skill."""
    return _TRIGGER.search(description) is not None


def _description(source: SkillSource) -> str:
    value = source.front.get("description")
    return value.strip() if isinstance(value, str) else ""


def _hit(source: SkillSource, key: str, message: str) -> Hit:
    lines = source.texts[MAIN].split("\n")
    line = next((number for number, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 1)
    return Hit(MAIN, line, message)
