"""Where a request's words stand in a model's chat template.

The template comes from a downloaded file, so it is rendered in a sandbox. It sees two markers in place of the words;
what it puts around them is the frame. Only the frame may hold special tokens: a trajectory that says ``<|im_end|>``
is text and ends nothing.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType

from t2s_local.errors import ModelError
from t2s_local.values.value import Value

_SHARED = "T2S-SHARED-WORDS"
_OWN = "T2S-OWN-WORDS"
_THINKING_OFF = {"enable_thinking": False, "thinking": False}
"""What the templates of Qwen, Granite, GLM and DeepSeek read."""

_LONGEST = 1 << 20
"""Characters a template may write around two markers; the largest known one writes 4,000."""
_MOST_LINES = 1_000_000
"""Lines of Python a template may run: about a second."""
_TODAY = date(2026, 1, 1)
"""What templates that name the day are told: the same request is the same words on every day."""


class Frame(Value, frozen=True, kw_only=True):
    """What stands before, between and after the two parts of a request."""

    before: str
    between: str
    after: str


PLAIN = Frame(before="", between="\n\n", after="\n\n")
"""For a model without a chat template."""


def frame(template: str | None, *, has_shared: bool, start: str, end: str) -> Frame:
    """The frame a chat template makes, with reasoning switched off.

    Args:
        template: The Jinja template; None where the model has none.
        has_shared: Whether requests have a shared part, which becomes the system's words where there are such.
        start: Text of the model's start token.
        end: Text of its end token.

    Raises:
        ModelError: the template cannot be rendered, or loses the words.
    """
    if template is None:
        return PLAIN if has_shared else Frame(before="", between="", after="\n\n")
    both = f"{_SHARED}\n\n{_OWN}" if has_shared else _OWN
    wordings = [[{"role": "user", "content": both}]]
    if has_shared:
        system = {"role": "system", "content": _SHARED}
        wordings.insert(0, [system, {"role": "user", "content": _OWN}])
    reason = ""
    for messages in wordings:
        try:
            text = _render(template, messages, start=start, end=end)
        except _template_errors() as error:
            reason = str(error)
            continue
        if text.count(_OWN) == 1 and text.count(_SHARED) == int(has_shared):
            return _split(_without_thought(text), has_shared=has_shared)
        reason = "it does not repeat the words it is given"
    message = f"the chat template cannot be used: {reason}"
    raise ModelError(message, hint="Give another one in the catalog, or take another file of this model.")


def _template_errors() -> tuple[type[Exception], ...]:
    import jinja2

    return (
        jinja2.TemplateError,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        ArithmeticError,
        MemoryError,
        RecursionError,
    )


def _render(template: str, messages: list[dict[str, str]], *, start: str, end: str) -> str:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise jinja2.TemplateError(message)

    class Bounded(ImmutableSandboxedEnvironment):
        """Multiplies nothing to a great length."""

        intercepted_binops = frozenset(("*", "**", "%"))

        def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
            is_number = operator != "**" and isinstance(left, int) and isinstance(right, int)
            is_filled_in = operator == "%" and isinstance(left, str) and not any(map(str.isdigit, left))
            if not (is_number or is_filled_in):
                refuse(f"it calculates with {operator}")
            return super().call_binop(context, operator, left, right)  # type: ignore[arg-type]  # jinja's own context

    environment = Bounded(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    environment.globals |= {"raise_exception": refuse, "strftime_now": _TODAY.strftime}
    pieces = environment.from_string(template).generate(
        messages=messages, add_generation_prompt=True, bos_token=start, eos_token=end, **_THINKING_OFF
    )
    with _bounded(lambda: refuse("it goes on and on")):
        text, size = [], 0
        for piece in pieces:
            text.append(piece)
            size += len(piece)
            if size > _LONGEST:
                refuse("it writes without end")
    return "".join(text)


@contextmanager
def _bounded(give_up: Callable[[], None]) -> Iterator[None]:
    """Count the lines of Python that are run inside, and *give_up* when they are too many to be a template's."""
    before = sys.gettrace()
    left = _MOST_LINES

    def count(_frame: FrameType, event: str, _argument: object) -> object:
        nonlocal left
        left -= event == "line"
        if left < 0:
            give_up()
        return count

    sys.settrace(count)  # type: ignore[arg-type]  # a tracer may return itself
    try:
        yield
    finally:
        sys.settrace(before)


def _without_thought(text: str) -> str:
    """Close a block of thought that the template leaves open for the model."""
    return f"{text.rstrip()}\n\n</think>\n\n" if text.rstrip().endswith("<think>") else text


def _split(text: str, *, has_shared: bool) -> Frame:
    if not has_shared:
        before, _, after = text.partition(_OWN)
        return Frame(before=before, between="", after=after)
    before, _, rest = text.partition(_SHARED)
    between, _, after = rest.partition(_OWN)
    return Frame(before=before, between=between, after=after)
