"""Pure functions on text that several packages use: normal form, masks, words, shortening."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from functools import cache

MASK = re.compile(r"<[A-Za-z]+(?:[ _]\d+)?>")
"""A mask such as ``<path>`` or ``<NAME_1>``."""
_DIGIT, _ASCII_DIGIT = re.compile(r"\d"), re.compile(r"[0-9]")
_WITHOUT_DIGITS = 6
"""Number of masks, from the first, that can match in a text without a digit."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_+#-]*[A-Za-z0-9+#]|[A-Za-z]")
_STOP = frozenset(
    _WORD.findall(
        "a an the to of in on at by for with and or it its this that is are be was as from into before after when if "
        "you your use using do not ever again just only any all"
    )
)
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s|e)$")
_UNSPACED = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_SPACE = re.compile(r"\s+")
_SPLIT = 1 << 16
"""Characters up to which a text is split into words at once, which is four times as fast."""
_CHUNK = 1 << 20
"""Number of characters of a longer text that are folded at once."""
_MARKS = re.compile(
    "[\u201c-\u201f\u2033\u2036\u02ba\u02ee\u02dd\u05f4\u275d\u275e\u2760\u301d-\u301f\uff02]|[\U0001f676-\U0001f678]"
)
"""Double quotation marks other than the straight one, and signs that look like one."""
HOME = re.compile(r"(?<![\w.~-])(?:/home/|/Users/|[A-Za-z]:\\{1,4}Users\\{1,4})[A-Za-z0-9_][\w.-]*", re.ASCII)
"""The home folder of one person on one machine."""


class Searchable:
    """A text for searches by RE2, which searches UTF-8: encoded once for all expressions."""

    def __init__(self, text: str) -> None:
        """Encode *text*."""
        self.data = text.encode("utf-8")
        self._is_ascii = len(self.data) == len(text)

    def offsets(self) -> Callable[[int], int]:
        """Return a function from offsets in the bytes to offsets in the characters, to be asked in ascending order."""
        if self._is_ascii:
            return int
        at = n_characters = 0

        def offset(place: int) -> int:
            nonlocal at, n_characters
            n_characters += len(self.data[at:place].decode("utf-8", "ignore"))
            at = place
            return n_characters

        return offset


def squeeze(text: str) -> str:
    """Fold every run of white space to one space and strip the ends."""
    if len(text) <= _SPLIT:
        return " ".join(text.split())
    # piece by piece: a split of the whole text would keep all of its words in memory at once
    return _joined(_SPACE.sub(" ", text[at : at + _CHUNK]) for at in range(0, len(text), _CHUNK)).strip()


def _joined(pieces: Iterable[str]) -> str:
    """Join *pieces*, whose white space is single spaces; two spaces at a boundary become one."""
    found: list[str] = []
    for piece in pieces:
        rest = piece[1:] if found and found[-1][-1:] == " " and piece[:1] == " " else piece
        found += [rest] if rest else []
    return "".join(found)


def normalise(text: str) -> str:
    """Return *text* in normal form, in which duplicates are equal: NFKC, lower case, single spaces."""
    return squeeze(unicodedata.normalize("NFKC", text).casefold())


def mask(text: str) -> str:
    """Replace the parts of *text* that differ between two runs of one action: URLs, paths, ids, dates, hashes, numbers.

    The masks are ``<url>``, ``<path>``, ``<id>``, ``<date>``, ``<hash>``, ``<email>`` and ``<number>``.
    """
    has_digit = (_ASCII_DIGIT if text.isascii() else _DIGIT).search(text) is not None
    for needed, pattern, name in _masks() if has_digit else _masks()[:_WITHOUT_DIGITS]:
        if needed in text:
            text = with_relative_paths(text) if pattern is None else pattern.sub(name, text)
    return text


@cache
def _masks() -> tuple[tuple[str, re.Pattern[str] | None, str], ...]:
    """Return for each mask the text that must occur for it to be tried, its pattern and its name.

    Those of relative folders have no pattern here: :func:`with_relative_paths` finds them.

    The patterns are compiled when they are first used, which takes 5 ms.
    """
    return (
        ("://", re.compile(r"https?://[^\s\"'<>)\]]+"), "<url>"),
        ("@", re.compile(r"(?<![\w.+-])([.+-]*)\w[\w.+-]*@(?:[\w-]+\.)+[^\W\d_]{2,}\b"), r"\1<email>"),
        ("-", re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
        (
            "-",
            re.compile(r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\b"),
            "<date>",
        ),
        (
            "/",
            re.compile(r"(?<![\w/])(?:~|\.{1,2})?(?:/[\w.@+-]+){2,}/?|(?<![\w/])~?/[\w.@+-]+/?(?![\w/])"),
            "<path>",
        ),
        ("/", None, "<path>"),
        ("0x", re.compile(r"\b0x[0-9a-fA-F]+\b"), "<number>"),
        ("", re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b"), "<hash>"),
        ("", re.compile(r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,}\b"), "<id>"),
        ("_", re.compile(r"\b[a-z]+(?:_[a-z]+)+_\d{2,}\b"), "<id>"),
        ("", re.compile(r"(?<![\w.])[-+]?\d+(?:[.,]\d+)*%?(?![\w])"), "<number>"),
    )


def with_relative_paths(text: str) -> str:
    """Replace each file in a relative folder in *text* by ``<path>``, in time proportional to its length."""
    names, relative = _folders()
    return names.sub(lambda span: relative.sub(lambda found: "<path>" if found[1] else found[0], span[0]), text)


@cache
def _folders() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a span of names, dots and slashes, and of the chains of folders in one.

    A chain has the file after it as its group; a name that begins no chain is taken whole. So nothing is tried again
    from a later place of a chain.
    """
    chain = re.compile(r"\b(?:(?:[\w-]++/)++([\w.-]+\.\w{1,5}\b)?|[\w-]++)")
    return re.compile(r"(?<![\w./-])[\w.-]*+/[\w./-]*+"), chain


def without_homes(text: str) -> str:
    """Replace home folders in *text* by ``~``, because they contain the name of a person."""
    return HOME.sub("~", text)


def has_hidden(text: str) -> bool:
    """Return whether *text* contains invisible characters: controls other than white space, formats, private use."""
    return any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} for character in squeeze(text))


def words(text: str) -> list[str]:
    """Return the words of *text* in lower case, in order; identifiers are kept whole, numbers are left out."""
    return "\n".join(_WORD.findall(text)).lower().split()


def has_word(text: str, word: str) -> bool:
    """Return whether *word* occurs in *text* with no letter, digit or underscore directly before or after it."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (_goes_on(text[at - 1 : at]) or _goes_on(text[end : end + 1])):
            return True
        at = text.find(word, at + 1)
    return False


def _goes_on(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def content(text: str) -> frozenset[str]:
    """Return the distinctive words of *text*, without stop words and without endings."""
    return frozenset(_ENDING.sub("", word) for word in set(words(text)) - _STOP)


def spoken(text: str) -> frozenset[str]:
    """Return the words of *text* in any script, in lower case; for scripts without spaces, the pairs of letters."""
    if text.isascii():
        return frozenset(_ASCII_WORD.findall(text.lower()))
    found: set[str] = set()
    words_of_any_script, unspaced = _scripts()
    for part in words_of_any_script.findall(unicodedata.normalize("NFKC", text).casefold()):
        is_unspaced = unspaced.match(part) is not None
        found.update(part[at : at + 2] for at in range(max(1, len(part) - 1))) if is_unspaced else found.add(part)
    return frozenset(found)


@cache
def _scripts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of words in any script and of scripts without spaces; to compile them takes 4 ms."""
    return re.compile(rf"{_UNSPACED}|(?:(?!{_UNSPACED})[^\W_])+"), re.compile(_UNSPACED)


def jaccard(one: AbstractSet[str], other: AbstractSet[str], *, empty: float) -> float:
    """Return the number of common words divided by that of all words, in [0, 1]; *empty* for two empty sets."""
    return len(one & other) / len(one | other) if one or other else empty


def overlap_coefficient(one: AbstractSet[str], other: AbstractSet[str], *, empty: float) -> float:
    """Return the number of common words divided by that of the smaller set, in [0, 1]; *empty* if it is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else empty


def containment(part: AbstractSet[str], whole: AbstractSet[str], *, empty: float) -> float:
    """Return the share of the words of *part* that *whole* contains, in [0, 1]; *empty* if *part* is empty."""
    return len(part & whole) / len(part) if part else empty


def clip(text: str, limit: int) -> str:
    """Shorten *text* to at most *limit* characters, at the end of a word, with an ellipsis if it was longer."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,.;:") + "…"


def first_line(text: str, *, limit: int = 200) -> str:
    """Return the first line of *text* with a word, or else the whole text, shortened to *limit* characters."""
    for line in text.splitlines():
        if _WORD.search(line):
            return clip(line.strip(), limit)
    return clip(squeeze(text), limit)


def quoted(text: str) -> str:
    """Return *text* in typographic quotes; quotation marks in it become straight, so that none ends the quotation."""
    inner = _MARKS.sub('"', text)
    return f"“{inner}”"


def join_words(items: Iterable[str], *, last: str = "and") -> str:
    """Join *items* as in a sentence: ``a, b and c``."""
    parts = list(items)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def counted(count: int, noun: str) -> str:
    """Return *count* with *noun*, which gets the plural *s* unless the count is one."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
