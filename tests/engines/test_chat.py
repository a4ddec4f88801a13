"""The frame a chat template puts around a request."""

import sys
import time

import pytest

from t2s_local.engines._llamacpp.chat import PLAIN, frame
from t2s_local.errors import ModelError
from t2s_local.weights.catalog import catalog

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
NO_SYSTEM = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "<start>{{ message.role }}\n{{ message.content | trim }}<end>\n{% endfor %}<start>model\n"
)


def test_shared_words_become_those_of_the_system() -> None:
    found = frame(CHATML, has_shared=True, start="", end="")
    assert found.before == "<|im_start|>system\n"
    assert found.between == "<|im_end|>\n<|im_start|>user\n"
    assert found.after == "<|im_end|>\n<|im_start|>assistant\n"


def test_a_template_without_a_system_gets_both_from_the_user() -> None:
    found = frame(NO_SYSTEM, has_shared=True, start="<bos>", end="")
    assert (found.before, found.between, found.after) == ("<bos><start>user\n", "\n\n", "<end>\n<start>model")


def test_without_shared_words_there_is_no_system() -> None:
    found = frame(CHATML, has_shared=False, start="", end="")
    assert (found.before, found.between) == ("<|im_start|>user\n", "")


@pytest.mark.parametrize("variable", ["enable_thinking", "thinking"])
def test_reasoning_is_switched_off(variable: str) -> None:
    template = CHATML + "{% if " + variable + " is false %}<think></think>{% else %}<think>{% endif %}"
    assert frame(template, has_shared=True, start="", end="").after.endswith("<think></think>")


def test_a_thought_the_template_opens_is_closed() -> None:
    found = frame(CHATML + "<think>\n", has_shared=True, start="", end="")
    assert found.after.endswith("<think>\n\n</think>\n\n")


def test_a_template_that_names_the_day_says_the_same_on_every_day() -> None:
    template = "{{ 'Today is ' + strftime_now('%d %B %Y') + '.' }}" + CHATML
    assert frame(template, has_shared=True, start="", end="").before.startswith("Today is 01 January 2026.")


def test_a_template_may_calculate_and_fill_in() -> None:
    template = "{% if messages|length % 2 == 0 and 2 * 3 == 6 %}{{ 'Role %s.' % 'x' }}{% endif %}" + CHATML
    assert frame(template, has_shared=True, start="", end="").before.startswith("Role x.")


def test_a_model_without_a_template_gets_plain_text() -> None:
    assert frame(None, has_shared=True, start="", end="") == PLAIN


@pytest.mark.parametrize(
    "template",
    [
        "{{ messages.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__.__base__ }}{{ messages[0].content }}",
        "{% for i in range(999999999) %}x{% endfor %}",
        "{{ raise_exception('never') }}",
        "{% if %}",
        "the words are lost",
        "{{ messages[5].content }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ lipsum.__globals__['os'].popen('true').read() }}",
        "{{ self.__init__.__globals__ }}{% include '/etc/passwd' %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{{ messages[0].content|center(99999) }}{% endfor %}",
        "{{ 'x' * 99999999999 }}{{ messages[0].content }}",
        "{{ 9 ** 9 ** 9 }}{{ messages[0].content }}",
        "{{ '%99999999999d' % 1 }}{{ messages[0].content }}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    ],
)
def test_a_template_that_reaches_out_or_fails_is_refused(template: str) -> None:
    began = time.process_time()
    with pytest.raises(ModelError, match="chat template cannot be used"):
        frame(template, has_shared=True, start="", end="")
    assert time.process_time() - began < 20
    assert not (sys.gettrace() is not None and "_chat" in repr(sys.gettrace()))


def test_a_template_of_the_catalog_is_one_for_shared_words_and_switches_reasoning_off() -> None:
    templates = [one.chat_template for one in catalog() if one.chat_template is not None]
    assert templates
    for template in templates:
        found = frame(template, has_shared=True, start="<bos>", end="")
        assert "system" in found.before
        assert found.after.endswith("<|channel>thought\n<channel|>")
