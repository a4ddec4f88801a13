"""Recognition of LangChain's messages."""

from t2s_local.records.json import Record, as_object, word

_TYPES = frozenset({"human", "ai", "tool", "system", "function"})


def is_langchain(record: Record) -> bool:
    """Return whether an object is one LangChain message.

    It has a type beside content or data, or is a constructor with arguments.
    """
    if word(record.get("type")) in _TYPES and ("content" in record or "content" in as_object(record.get("data"))):
        return "role" not in record
    identity = record.get("id")
    return (
        record.get("type") == "constructor" and isinstance(identity, list) and str(identity[-1:]).endswith("Message']")
    )
