"""Small files made to take much memory or time, each by a name: :data:`CASES`."""

from _hostile.conversations import CONVERSATIONS
from _hostile.files import FILES, Case

CASES: dict[str, Case] = {**FILES, **CONVERSATIONS}
"""Writer of each file by its name."""
