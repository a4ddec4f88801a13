"""One chat template rendered: a process of its own, with little memory and little time.

The template comes from a downloaded file. What it multiplies or pads is allocated by Python itself, so only the
system can bound it. Words come in and go out as JSON, and nothing else of this process is used.
"""

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType

_THINKING_OFF = {"enable_thinking": False, "thinking": False, "thinking_budget": 0, "reasoning_effort": "low"}
"""What the templates of Qwen, Granite, GLM, DeepSeek, Seed and Harmony read."""
_LONGEST = 1 << 20
"""Characters a template may write around two markers; the largest known one writes 4,000."""
_MOST_LINES = 1_000_000
"""Lines of Python a template may run: about a second."""
_TODAY = date(2026, 1, 1)
"""What templates that name the day are told: the same request is the same words on every day."""
_MEMORY = 512 << 20
"""Bytes of address space: the interpreter and Jinja take a third of it."""
_SECONDS = 3
"""Seconds of processor time."""


def main() -> None:
    """Render the template on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    asked = json.loads(sys.stdin.read())
    try:
        answer = {"text": _render(asked["template"], asked["messages"], start=asked["start"], end=asked["end"])}
    except _template_errors() as error:
        answer = {"error": str(error)[:1000] or type(error).__name__}
    sys.stdout.write(json.dumps(answer))


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


if __name__ == "__main__":
    main()
