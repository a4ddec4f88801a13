"""Distinguish a secret from an ordinary word: by check digits, by randomness, and by lists of example values."""

import math
from collections import Counter
from ipaddress import ip_address

import re2

_PLACEHOLDER = re2.compile(
    r"(?i)^(?:none|null|nil|true|false|undefined|str(?:ing)?|int|bool|bytes|object|any|optional|required|redacted|masked|"
    r"hidden|example|sample|dummy|changeme|change_me|placeholder|todo|test|testing|password|passwd|passphrase|secret|token|"
    r"your[\w-]*|my[\w-]*(?:key|token|secret|password)|x+|\*+|\.+|-+|0+|1234(?:5(?:6(?:7(?:8)?)?)?)?)$"
)
_REFERENCE = re2.compile(
    r"^(?:[$%{<\[(@&]|\\\$|self\.|os\.|process\.|env\.|args\.|config\.|settings\.|this\.|request\.)|[(){}\[\]<>]|\.\.\.|…"
)
_NO_PASSWORD = re2.compile(
    r"(?i)^(?:\$\w+$|\$?[({\[<]|%\w+%$|&\w+;|https?:|self\.|os\.|env\.|args\.|config\.|settings\.)|^[\w.]+\(|passw(?:or)?d|"
    r"^[a-z_]+[.:]$|^[a-z]+_[a-z_]+$|^\w+\[|\.\.\.|…|^\|$"
)
_PIECE = r"(?:(?:[A-Z]?[a-z]{2,}|[A-Z]+)+\d{0,2}|\d{1,4}|[a-z])"
_IDENTIFIER = re2.compile(rf"^[_./:@-]*{_PIECE}(?:[_./:=@,%-]+{_PIECE})*[_./:=,%-]*$")
_UNSPEAKABLE = re2.compile(r"(?i)[bcdfghjklmnpqrstvwxz]{6}")
"""Six consonants in a row, which occur in no word of the usual languages of code, but often in random keys."""
_ORDINARY = re2.compile(
    r"^(?:https?:|[./~]|\d{4}-\d\d-\d\d|0x[0-9a-f]{1,16}$|[\d.,:/%+-]+[.,:/%+-][\d.,:/%+-]+$)|\.(?:py|js|ts|go|rs|md|json|ya?ml|toml|txt|html|com|org|io)(?:$|[:/])"
)
_PUBLIC = re2.compile(
    r"(?i)hash|sha\d|digest|integrity|checksum|commit|etag|nonce|fingerprint|cert|public|ssh-(?:rsa|ed)|src|data:|image|cid|uuid"
)
_SAYS_PUBLIC = re2.compile(
    r"(?i)(?:public_?-?key(?:_?token)?|\bh1|content_?hash|nar_?hash|\bsha-?(?:1|224|256|384|512)|\bmd5|integrity|checksum"
    r"|digest|fingerprint|thumbprint|\betag)[\"']?\s{0,2}[:=-]?\s{0,2}[\"']?$"
)
"""Text that ends in a name from lock files or signatures, whose value is public."""
_PART_OF_CODE = re2.compile(
    r"[(){}\[\]<>|\\]|::|->|=>|\w\.\w+\.\w|^[\w.-]+=|^-|/\w+/|%[0-9A-F]{2}|^\d+(?:\.\d+)+|^v\d|\+\+|^\w+\.\w+$|^#|@\w+\.\w"
)
_ENCODED = re2.compile(r"^[A-Za-z0-9+/_-]{6,}={0,2}$")
_VERSION_BEFORE = re2.compile(r"(?i)(?:version|release|\bv|==|>=|<=|~=|@)\s*[\"':]*\s*$")
_NUMBERED = re2.compile(r"\d{1,7}[:-]")
_BEHIND_PATH = re2.compile(r"[\w.-]+/[\w.-]+:$")
_IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""Codes of the countries whose account numbers have so many characters (registry of ISO 13616)."""
_IBAN_DIGITS = "AE AT BA BE CZ DE DK EE ES FI HR HU IS LT ME NO PL PT RS SE SI SK TL TN XK"
"""Countries whose account numbers have digits alone behind the country's code."""


def entropy(text: str) -> float:
    """Return the Shannon entropy of *text* in bits per character; 0.0 for the empty text."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())


def is_token(value: str) -> bool:
    """Return whether *value*, which begins like a provider's token, also looks like a token as a whole."""
    return any(map(str.isdigit, value)) and entropy(value) >= 3.0 and not _IDENTIFIER.match(value)


def looks_random(value: str) -> bool:
    """Return whether *value* can be a generated key.

    Such a key mixes letters and digits, repeats little, and is no name, path or date.
    """
    if len(value) < 10 or not is_literal(value) or _is_named(value) or _ORDINARY.search(value):
        return False
    if value.isdigit():
        return len(value) >= 15
    return any(map(str.isdigit, value)) and entropy(value) >= (2.8 if len(value) < 20 else 3.0)


def _is_named(value: str) -> bool:
    """Return whether *value* consists of words, like names in programs."""
    return bool(_IDENTIFIER.match(value)) and not (len(value) >= 20 and _UNSPEAKABLE.search(value))


def looks_generated(value: str, whole: str) -> bool:
    """Return whether *value* is varied enough to be a key under any name, unless *whole* marks it as public."""
    mixed = all(any(map(test, value)) for test in (str.isdigit, str.islower, str.isupper))
    return (
        mixed and is_literal(value) and entropy(value) >= 4.3 and not (_PUBLIC.search(whole) or _ORDINARY.search(value))
    )


def looks_encoded(value: str) -> bool:
    """Return whether *value* can be base64, as after ``Basic`` in a header."""
    return len(value) >= 8 and bool(_ENCODED.match(value)) and not _IDENTIFIER.match(value)


def is_password(value: str) -> bool:
    """Return whether *value*, assigned to a name such as password, can be a real one: no placeholder and not masked."""
    is_word = _PLACEHOLDER.match(value) or _NO_PASSWORD.search(value)
    return len(value) >= 4 and not (is_word or value.startswith("***"))


def looks_chosen(value: str) -> bool:
    """Return whether *value* looks like a chosen password: both cases and digits, or digits, letters and a sign.

    False for names in programs, paths, addresses, versions and placeholders.
    """
    value = value.rstrip(".,:;?")
    has = [any(map(test, value)) for test in (str.isdigit, str.islower, str.isupper)]
    has_sign = any(one in "!@#$%^&*?+~" for one in value)
    is_mixed = has[0] and ((has[1] and has[2]) or ((has[1] or has[2]) and has_sign))
    return is_mixed and _is_no_name(value) and entropy(value) >= 2.3


def is_numbered_line(value: str, whole: str) -> bool:
    """Return whether *value* is a line printed by a search: after ``path:`` in *whole*, it begins with its number."""
    return _NUMBERED.match(value) is not None and _BEHIND_PATH.search(whole.removesuffix(value)) is not None


def looks_mixed(value: str) -> bool:
    """Return whether *value* can be a password if its name says so.

    It must contain letters and digits, and be no name, path or version.
    """
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value)) and _is_no_name(value)


def _is_no_name(value: str) -> bool:
    return (
        len(value) >= 6
        and is_password(value)
        and is_literal(value)
        and not (_IDENTIFIER.match(value) or _ORDINARY.search(value) or _PART_OF_CODE.search(value))
    )


def is_public(before: str) -> bool:
    """Return whether *before* ends in a name that marks the value after it as public, such as a hash or public key."""
    return bool(_SAYS_PUBLIC.search(before))


def is_literal(value: str) -> bool:
    """Return whether *value* is a literal value: no variable, call, placeholder or example."""
    return not (_PLACEHOLDER.match(value) or _REFERENCE.search(value))


def luhn(digits: str) -> bool:
    """Return whether the last digit is the check digit of a payment card's number (ISO/IEC 7812)."""
    numbers = [int(character) for character in digits if character.isdigit()]
    doubled = [number * 2 - 9 * (number > 4) for number in numbers[-2::-2]]
    return len(set(numbers)) > 1 and (sum(numbers[-1::-2]) + sum(doubled)) % 10 == 0


def is_card(text: str) -> bool:
    """Return whether *text* is a payment card's number: 13 to 19 digits and the right check digit."""
    digits = [character for character in text if character.isdigit()]
    return 13 <= len(digits) <= 19 and luhn(text)


def is_iban(text: str) -> bool:
    """Return whether *text* is an account number: of its country's length, with the right check digits (ISO 13616).

    One in 97 of all texts has the right check digits, ids in hexadecimal digits too: length and kind of characters
    tell most of them apart. Words behind a number in groups of four are not looked at.
    """
    compact = "".join(text.split()).upper()
    country = compact[:2]
    lengths = [length for length, countries in _IBAN_COUNTRIES.items() if country in countries.split()]
    number = compact[: lengths[0]] if lengths and " " in text else compact
    if len(number) not in lengths or (country in _IBAN_DIGITS.split() and not number[2:].isdigit()):
        return False
    turned = number[4:] + number[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def is_phone(text: str) -> bool:
    """Return whether *text* has as many digits as a telephone number."""
    digits = [character for character in text if character.isdigit()]
    return 8 <= len(digits) <= 15 and len(set(digits)) > 2


def is_host_address(text: str, before: str) -> bool:
    """Return whether *text* is the IP address of a machine: not loopback, and not a version announced in *before*."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if _is_version(text):
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast or text.startswith("255."):
        return False
    return not _VERSION_BEFORE.search(before)


def _is_version(text: str) -> bool:
    """Return whether four numbers are more likely a version: all below 32, and not in the private network 10."""
    parts = text.split(".")
    return len(parts) == 4 and parts[0] != "10" and all(int(part) < 32 for part in parts)
