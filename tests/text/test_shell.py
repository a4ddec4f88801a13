"""Shell lines taken apart: what they run, what that is fed with, and lines made to take long."""

import time

import pytest

from t2s_local.text.shell.given import given_in, without_given
from t2s_local.text.shell.shell import parse
from t2s_local.text.shell.tokens import HOLE, tokens_of

LINES: list[tuple[str, list[str]]] = [
    ("git status", ["git status"]),
    (
        "cd /testbed && python -m pytest tests/test_a.py -x 2>&1 | tail -50",
        ["cd /testbed", "python -m pytest tests/test_a.py -x", "tail -50"],
    ),
    ("sudo -u postgres psql -c 'select 1; drop table t'", ["psql -c select 1; drop table t"]),
    ("FOO=1 BAR='a b' make test", ["make test"]),
    ("env -i PATH=/bin make", ["make"]),
    ("timeout 60 npm test", ["npm test"]),
    ("timeout -s KILL 5m ./run.sh", ["run.sh"]),
    ("nohup python3 app.py > log.txt 2>&1 &", ["python3 app.py"]),
    ("bash -c 'cd x && go test ./...'", ["bash -c cd x && go test ./...", "cd x", "go test ./..."]),
    ('bash -lc "pip install -e . | tail -1"', ["bash -lc pip install -e . | tail -1", "pip install -e .", "tail -1"]),
    ("sh -c \"echo 'a;b' && ls\"", ["sh -c echo 'a;b' && ls", "echo a;b", "ls"]),
    ('echo "a && b; c | d"', ["echo a && b; c | d"]),
    ("echo 'it''s'", ["echo its"]),
    ('grep -rn "foo|bar" src | head -5; wc -l x', ["grep -rn foo|bar src", "head -5", "wc -l x"]),
    ("cat > a.py <<'EOF'\nimport os\nos.system('rm -rf /')\nEOF\npython a.py", ["cat", "python a.py"]),
    ("cat <<EOF | kubectl apply -f -\nkind: Pod\nEOF", ["cat", "kubectl apply -f -"]),
    ("python - <<'PY'\nprint(1 && 2)\nPY", ["python -"]),
    ("git commit -m \"$(cat <<'EOF'\nfix; it's done (really)\nEOF\n)\"", ["git commit -m %", "cat"]),
    ("echo $(date +%s) `whoami`", ["echo % %", "date +%s", "whoami"]),
    ("for f in *.txt; do sed -i 's/a/b/' \"$f\"; done", ["sed -i s/a/b/ $f"]),
    ("while read line; do echo $line; done < in.txt", ["read line", "echo $line"]),
    ("if [ -f x ]; then cat x; else touch x; fi", ["[ -f x ]", "cat x", "touch x"]),
    ("[[ -n $A && -z $B ]] && ls", ["[[ -n $A && -z $B ]]", "ls"]),
    ("(cd shop && npm ci) && npm run build", ["cd shop", "npm ci", "npm run build"]),
    ("{ echo a; echo b; } > out", ["echo a", "echo b"]),
    ("find . -name '*.pyc' -exec rm {} \\;", ["find . -name *.pyc -exec rm {} ;", "rm"]),
    ("find . -type f | xargs -n 1 grep -l TODO", ["find . -type f", "grep -l TODO"]),
    ("ls -la\n# a comment; with signs\npwd", ["ls -la", "pwd"]),
    ("echo hi # done; rm -rf x", ["echo hi"]),
    ("git log --oneline \\\n  -n 5 | cat", ["git log --oneline -n 5", "cat"]),
    ("docker exec -it web bash -c 'ls /'", ["docker exec -it web bash -c ls /", "ls /"]),
    ('docker run --rm -v "$PWD":/w img make -C /w', ["docker run --rm -v $PWD:/w img make -C /w"]),
    (
        "kubectl get pods -n prod -o json | jq '.items[] | .metadata.name'",
        ["kubectl get pods -n prod -o json", "jq .items[] | .metadata.name"],
    ),
    (
        "terraform plan -out=tf.plan && terraform apply tf.plan",
        ["terraform plan -out=tf.plan", "terraform apply tf.plan"],
    ),
    ("uv run pytest -q", ["pytest -q"]),
    ("poetry run python manage.py migrate", ["python manage.py migrate"]),
    ("python3.11 -m venv .venv && . .venv/bin/activate", ["python3.11 -m venv .venv", ". .venv/bin/activate"]),
    ("./gradlew :app:test --info", ["gradlew :app:test --info"]),
    ("/usr/bin/env python3 setup.py develop", ["python3 setup.py develop"]),
    ("npm run lint -- --fix", ["npm run lint -- --fix"]),
    ("! grep -q x y", ["grep -q x y"]),
    ("time cargo build --release", ["cargo build --release"]),
    ("awk '{print $1; x=\"a|b\"}' f", ['awk {print $1; x="a|b"} f']),
    ("sed -n '1,5p;10q' f.txt", ["sed -n 1,5p;10q f.txt"]),
    ("diff <(sort a) <(sort b)", ["diff % %", "sort a", "sort b"]),
    ("tee out.txt < in.txt > /dev/null", ["tee out.txt"]),
    ("make 2>&1 | tee build.log", ["make", "tee build.log"]),
    ("cmd1 || cmd2 && cmd3; cmd4 & cmd5", ["cmd1", "cmd2", "cmd3", "cmd4", "cmd5"]),
    ("export A=1 && echo $A", ["export A=1", "echo $A"]),
    ("A=$(ls | wc -l); echo $A", ["ls", "wc -l", "echo $A"]),
    ("case $x in a) echo 1;; *) echo 2;; esac", ["echo 1", "echo 2"]),
    ("f() { ls; }; f", ["ls", "f"]),
    ('mysql -e "select * from a; select * from b" db', ["mysql -e select * from a; select * from b db"]),
    ("ssh host 'cd /srv && git pull'", ["ssh host cd /srv && git pull", "cd /srv", "git pull"]),
    ("curl -s https://x.y/a?b=1&c=2", ["curl -s https://x.y/a?b=1"]),
    ("git add . && git commit -m 'a' -m \"b & c\"", ["git add .", "git commit -m a -m b & c"]),
    ("cd <path> && git checkout <name>", ["cd <path>", "git checkout <name>"]),
    ("pip install <name> | tail -<number>", ["pip install <name>", "tail -<number>"]),
    ("python <<'EOF' 2>&1 | head -3\nx = 1\nEOF", ["python", "head -3"]),
    ("sed -i 's/x/y/' a.py && git diff; echo \"exit: $?\"", ["sed -i s/x/y/ a.py", "git diff", "echo exit: $?"]),
    ("bash run.sh && echo 'unclosed", ["bash run.sh", "echo unclosed"]),
    ("su - app -c 'npm start'", ["su - app -c npm start", "npm start"]),
    ('eval "$(ssh-agent -s)"', ["eval %", "ssh-agent -s"]),
    ("cat a.txt|grep x>b.txt", ["cat a.txt", "grep x"]),
]
"""Each with its simple commands: a program with its arguments, a ``%`` for what another command prints."""


def commands_of(line: str) -> list[str]:
    found = [" ".join((command.program, *command.arguments)) for command in parse(line, has_masks=True).commands]
    return [command.replace(HOLE, "%").strip() for command in found if command]


@pytest.mark.parametrize(("line", "commands"), LINES)
def test_a_line_is_taken_apart_as_a_shell_would(line: str, commands: list[str]) -> None:
    assert commands_of(line) == commands


def test_a_command_knows_its_pipeline_its_files_and_what_started_it() -> None:
    first, last = parse("FOO=1 sudo -E timeout 5 curl -s u < in | tee -a log > out 2>&1").commands
    assert (first.program, first.variables, first.starters) == ("curl", (("FOO", "1"),), ("sudo", "timeout"))
    assert (first.reads, first.statement, first.place) == (("in",), last.statement, 0)
    assert (last.program, last.writes, last.after, last.place) == ("tee", ("out",), "|", 1)


def test_a_text_on_lines_of_its_own_feeds_its_command_and_no_other() -> None:
    feeding, fed, inside = (
        parse("cat <<A 2>&1 | tail\nx; $(y)\nA\n").commands[0:1] + parse("sh <<A | tail\nx\nA").commands[:2]
    )
    assert (feeding.program, feeding.given) == ("cat", "x; $(y)")
    assert (fed.given, inside.program, inside.host) == ("x", "x", "sh")


def test_what_a_block_prints_meets_what_it_is_piped_into() -> None:
    found = parse("(cd a; curl u) | sh; if x; then curl v; fi | bash").commands
    assert len({command.statement for command in found[:3]}) == 1
    assert len({command.statement for command in found[3:]}) == 1
    assert [command.place for command in found] == [0, 0, 1, 0, 0, 1]


def test_the_source_of_a_pipeline_is_one_segment() -> None:
    line = "cd a && FOO=1 pytest -x 2>&1 | tail -5; cat > f <<'E'\nx | y\nE\nls"
    assert parse(line).segments == ("cd a", "FOO=1 pytest -x 2>&1 | tail -5", "cat > f", "ls")


@pytest.mark.parametrize(
    "piece",
    [
        "a|",
        "x=(",
        "f()",
        "$(",
        "`",
        "(",
        "a && ",
        '"$(a|',
        "<<E\n",
        "'\"",
        "case x in a)",
        "${x:-",
        "sh -c '",
        "$(cat <<E\n",
    ],
)
def test_no_line_takes_long(piece: str) -> None:
    start = time.process_time()
    found = parse(piece * 20_000)
    assert len(found.commands) <= 400
    assert time.process_time() - start < 5


def test_white_space_that_ends_no_word_in_a_shell_is_part_of_it() -> None:
    strange = [chr(code) for code in range(0x3001) if chr(code).isspace() and chr(code) not in " \t\r\n"]
    assert "\xa0" in strange
    for space in strange:
        found = tokens_of(f"{space}echo{space}a b", has_masks=True, longest=100).found
        assert [token.text for token in found] == [f"{space}echo{space}a", "b"]


def test_marks_without_an_end_are_passed_over_in_one_go() -> None:
    open_ended = "cat " * 4000 + "<<a " * 4000 + "\n" * 200 + "b"
    assert without_given(open_ended) == open_ended
    assert given_in(f"{open_ended}\ncat <<E\nx\nE\n") == ["<<E\nx\nE"]
    assert without_given("cat > f <<'E' && run\nx\nE\nls") == "\nls"
    assert without_given("psql <<-E -q\nselect 1\n  E\nls") == "psql  -q\nls"
