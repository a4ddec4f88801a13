"""A tool that runs commands is a shell, whatever it is called."""

import pytest

from t2s_local.text.commands import is_shell_call
from t2s_local.values.trajectory import Step
from tests.build import trajectory
from tests.mining import lessons

DENIED = "cannot bind port 80: permission denied"
FIX = "Run `serve docs --port 8080` instead of `serve docs --port 80`."


def tried(tool: str, key: str, *, code: int | None = 1, **beside: object) -> list[Step]:
    """A command that fails and the one that then works, run by *tool*."""
    found = [Step(kind="user", text="bring up the docs")]
    for number, (port, output) in enumerate(((80, DENIED), (8080, "listening")), 1):
        command = f"serve docs --port {port}"
        failed = port == 80
        call = Step(kind="tool_call", text=command, tool=tool, arguments={key: command, **beside}, call_id=f"c{number}")
        exit_code = None if code is None else code * failed
        answer = Step(kind="tool_result", text=output, call_id=f"c{number}", exit_code=exit_code, is_error=failed)
        found += [call, answer]
    return found


@pytest.mark.parametrize(
    ("tool", "key"),
    [
        *(("shell_command", "command"), ("PowerShell", "command"), ("run_terminal_cmd", "command")),
        *(("execute_command", "command"), ("developer__shell", "command"), ("container.exec", "cmd")),
        *(("runInTerminal", "commandLine"), ("Execute", "command"), ("launch-process", "command"), ("zsh", "command")),
        *(("ausführen", "command"), ("do", "shell_command"), ("mcp__box__run", "cmd_string")),
    ],
)
def test_a_command_is_a_command_whatever_the_tool_is_called(tool: str, key: str) -> None:
    (lesson,) = lessons(trajectory(*tried(tool, key)), pattern="recovery")
    assert lesson.when == "`serve docs --port 80` fails with “cannot bind port <number>: permission denied”"
    assert lesson.do == FIX


def test_options_in_a_line_tell_a_shell_where_the_name_and_the_results_do_not() -> None:
    (lesson,) = lessons(trajectory(*tried("do", "command", code=None)), pattern="recovery")
    assert lesson.do == FIX


@pytest.mark.parametrize(
    ("tool", "action"),
    [("browser", "click the button"), ("game", "go to shelf 1"), ("database", "SELECT name FROM pages")],
)
def test_words_for_something_else_make_no_shell(tool: str, action: str) -> None:
    assert not is_shell_call(tool, action, {"command": action}, has_exit_code=False)


FOREIGN = {
    "zh": "打包：找不到文件：签名用的密钥已经不在了",
    "ja": "パック：署名用の鍵ファイルが見つかりません",
    "ru": "Ошибка: ключ подписи не найден",
    "ar": "خطأ: المفتاح غير موجود",
    "de": "Fehler: Der Schlüssel zum Signieren wurde nicht gefunden",
    "el": "το κλειδί υπογραφής λείπει",
}


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("n_lines", [0, 9], ids=["alone", "after other lines"])
def test_an_error_is_quoted_in_its_own_script(language: str, n_lines: int) -> None:
    message = FOREIGN[language]
    before = "".join(f"packing part {number}\n" for number in range(n_lines))
    steps = [
        Step(kind="user", text="pack it"),
        Step(kind="tool_call", text="pack docs", tool="Bash", call_id="1"),
        Step(kind="tool_result", text=f"{before}{message}", call_id="1", exit_code=1),
        Step(kind="tool_call", text="pack docs --unsigned", tool="Bash", call_id="2"),
        Step(kind="tool_result", text="done", call_id="2", exit_code=0),
    ]
    (lesson,) = lessons(trajectory(*steps), pattern="recovery")
    assert message in [quote.text for quote in lesson.evidence]


@pytest.mark.parametrize(
    "message", ["Fehler: kein Schlüssel", "错误：没有密钥", "エラー: 鍵がありません", "erreur : clé absente"]
)
def test_an_output_that_begins_with_the_word_for_an_error_failed(message: str) -> None:
    steps = [
        Step(kind="user", text="pack it"),
        Step(kind="tool_call", text="pack docs", tool="Bash", call_id="1"),
        Step(kind="tool_result", text=message, call_id="1"),
        Step(kind="tool_call", text="pack docs --unsigned", tool="Bash", call_id="2"),
        Step(kind="tool_result", text="done", call_id="2"),
    ]
    assert len(lessons(trajectory(*steps), pattern="recovery")) == 1
