"""A cell of code that only runs commands is these commands; any other stays the code it is."""

import json
from pathlib import Path

import pytest

from t2s_local.formats import _build
from tests.agents_logs import cell, codex, printed, wanted
from tests.readings import calls, read_as

SERVE = "serve docs --port 80"


def shown(code: str, key: str = "code") -> str:
    return _build.called("exec", {key: code}).text


@pytest.mark.parametrize(
    "code",
    [
        f'const r = await tools.exec_command({{cmd: "{SERVE}", workdir: "/p"}});\ntext(r.output);',
        f"const cmd = '{SERVE}';\ntext((await tools.exec_command({{cmd}})).output);",
        f"text((await tools.shell({{command: ['bash', '-lc', `{SERVE}`]}})).output)",
        f'// it\'s one command\nawait tools.run_terminal({{"command": "{SERVE}"}})',
        f"const {{execSync}} = require('child_process');\nconsole.log(execSync('{SERVE}').toString());",
        "spawnSync('serve', ['docs', '--port', '80'], {stdio: 'inherit'})",
        f"import subprocess\nr = subprocess.run('{SERVE}', shell=True, capture_output=True)\nprint(r.stdout.decode())",
        "import subprocess\nprint(subprocess.check_output(['serve', 'docs', '--port', '80']))",
        f"import os\nos.system('{SERVE}')",
        f"!{SERVE}",
        f"%%bash\n{SERVE}\n",
    ],
)
@pytest.mark.parametrize("key", ["code", "script"])
def test_code_that_runs_one_command_is_the_command(code: str, key: str) -> None:
    assert shown(code, key) == SERVE


@pytest.mark.parametrize(
    "code",
    [
        "await tools.apply_patch('x');\nawait tools.exec_command({cmd: 'ls'})",
        "await tools.exec_command({cmd: command})",
        "import subprocess\nopen('a.txt', 'w').write('a')\nsubprocess.run('ls')",
        "!pip install x\nimport y",
        "print('hello!')",
        "def run(command):\n    return command\nrun('ls')",
        "*** Begin Patch\n+await tools.exec_command({cmd: 'ls'})\n*** End Patch",
        "apis.notes.run({text: 'ls'})",
        "import subprocess\nsubprocess.run(",
        "",
    ],
)
def test_code_that_does_anything_else_stays_code(code: str) -> None:
    assert shown(code) == code


def test_several_commands_of_a_cell_stand_one_a_line_in_order() -> None:
    code = 'await Promise.all([tools.exec_command({cmd: \'ls\'}), tools.exec_command({cmd: "cat \\"a\\""})])'
    assert shown(code) == 'ls\ncat "a"'


@pytest.mark.parametrize("key", ["code", "script"])
def test_a_cell_is_its_command_in_every_form_of_messages(key: str, tmp_path: Path) -> None:
    given = {key: f"import subprocess\nprint(subprocess.run('{SERVE}', shell=True))"}
    ask = {"role": "user", "content": "serve"}
    openai = {"id": "c", "type": "function", "function": {"name": "python", "arguments": json.dumps(given)}}
    anthropic = {"type": "tool_use", "id": "c", "name": "python", "input": given}
    gemini = {"functionCall": {"id": "c", "name": "python", "args": given}}
    written: dict[str, object] = {
        "openai_chat": {"messages": [ask, {"role": "assistant", "content": None, "tool_calls": [openai]}]},
        "anthropic_messages": {"messages": [ask, {"role": "assistant", "content": [anthropic]}]},
        "gemini_content": [{"role": "user", "parts": [{"text": "serve"}]}, {"role": "model", "parts": [gemini]}],
    }
    for name, content in written.items():
        run = read_as(tmp_path, content)
        assert (run.format, calls(run)) == (name, [SERVE])


def test_a_cell_of_codex_without_a_record_of_its_end_is_its_command(tmp_path: Path) -> None:
    lines = codex(
        wanted("serve"), cell(f"text((await tools.exec_command({{cmd: '{SERVE}'}})).output)", "c"), printed("", "c")
    )
    assert calls(read_as(tmp_path, lines, name="a.jsonl")) == [SERVE]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"command": "ls", "isBackground": False}, "ls"),
        ({"command": "serve docs", "target_terminal": "new", "wait": True, "max_wait_seconds": 5}, "serve docs"),
        ({"commandLine": "serve docs"}, "serve docs"),
        ({"command": "view", "path": "/p/a"}, '{"command":"view","path":"/p/a"}'),
        ({"command": "goto", "line": 5}, '{"command":"goto","line":5}'),
        ({"command": "insert the text", "text": "a\nb"}, '{"command":"insert the text","text":"a\\nb"}'),
        ({"code": "print(1) or 2", "file": "a.py"}, '{"code":"print(1) or 2","file":"a.py"}'),
    ],
)
def test_what_only_says_how_a_command_is_run_does_not_hide_it(arguments: dict[str, object], text: str) -> None:
    assert _build.called("tool", arguments).text == text
