"""Verbs in names of skills, and the English endings of verbs and nouns."""

from t2s_local.text.text import words

VERBS = frozenset(
    words("""
    activate add adjust align analyse append apply approve archive assign attach authenticate book build cache
    calculate call cancel change check clean click clone close combine commit compare compile compress compute
    configure confirm connect convert copy count create debug decline decode define delete deploy detach detect
    diagnose diff disable display divide download edit enable encode escape evaluate exchange execute export extract
    fetch filter find fix format forward generate get grep group handle identify implement import insert inspect
    install invite join launch lint list load locate log look lookup map mark match merge migrate modify mount move
    normalise normalize open order pack parse patch pause pay plan plot post predict print process publish pull push
    query quote read rebase rebook record recover redirect refactor refund register reject release reload remove
    rename render repair replace reply reproduce request reschedule reserve reset resize resolve restart restore
    resume retrieve return revert review rewrite rotate round run sanitise save scan schedule scrape search select
    send serve set share sign solve sort split start stop store submit subscribe sum switch sync test trace track
    train transfer transform translate truncate type undo unpack unsubscribe update upgrade upload use validate
    verify view visit wait walk watch wrap write
    """)
)
_DOUBLED = frozenset(
    words(
        "cancel commit debug diff format grep get let log map plan plot put run scan set split stop submit "
        "transfer wrap"
    )
)
_SAME_IN_PLURAL = frozenset(
    words(
        "data metadata information news series status https css js baggage luggage money cash availability access "
        "software hardware malware firmware traffic weather feedback advice content text history memory storage "
        "security privacy research knowledge equipment documentation stock progress sms"
    )
)
"""Nouns that are not counted or have no other plural."""


def gerund(verb: str) -> str:
    """Return the gerund: ``update`` -> ``updating``, ``plan`` -> ``planning``, ``tie`` -> ``tying``."""
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return f"{verb[:-1]}ing"
    return f"{verb}ing"


def singular(noun: str) -> str:
    """Return the singular: ``flights`` -> ``flight``, ``policies`` -> ``policy``, ``status`` -> ``status``."""
    if noun in _SAME_IN_PLURAL or len(noun) < 4 or noun.endswith(("ss", "us", "is", "as", "os")):
        return noun
    if noun.endswith("ies") and len(noun) > 4:
        return f"{noun[:-3]}y"
    if noun.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return noun[:-2]
    return noun.removesuffix("s")


def plural(noun: str) -> str:
    """Return the plural: ``flight`` -> ``flights``, ``policy`` -> ``policies``, ``patch`` -> ``patches``."""
    if noun in _SAME_IN_PLURAL or noun.endswith("s"):
        return noun
    if noun.endswith("y") and len(noun) > 2 and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("ch", "sh", "x", "z")) else f"{noun}s"
