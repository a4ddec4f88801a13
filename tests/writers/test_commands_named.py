"""What naming, wording and mining call a shell line: by one parser and one list of programs."""

import pytest

from t2s_local.stages.naming.subjects import subjects
from t2s_local.text.commands import heads_of
from t2s_local.text.lesson_words import code_spans, message_of
from t2s_local.writers._page.wording import programs
from tests.build import lesson

LINES: list[tuple[str, str, list[str], list[str]]] = [
    ("git status", "git-status", ["git status"], ["git status"]),
    (
        "cd /testbed && python -m pytest tests/test_a.py -x 2>&1 | tail -50",
        "pytest",
        ["pytest"],
        ["cd", "python -m pytest"],
    ),
    ("sudo -u postgres psql -c 'select 1; drop table t'", "psql", ["psql"], ["psql"]),
    ("FOO=1 BAR='a b' make test", "make-test", ["make test"], ["make test"]),
    ("env -i PATH=/bin make", "make", ["make"], ["make"]),
    ("timeout 60 npm test", "npm-test", ["npm test"], ["npm test"]),
    ("timeout -s KILL 5m ./run.sh", "", ["run.sh"], ["run.sh"]),
    ("nohup python3 app.py > log.txt 2>&1 &", "running-python-scripts", ["python"], ["python <script>"]),
    ("bash -c 'cd x && go test ./...'", "go-test", ["go test"], ["cd", "go test"]),
    ('bash -lc "pip install -e . | tail -1"', "pip-install", ["pip install"], ["pip install"]),
    ("sh -c \"echo 'a;b' && ls\"", "", [], ["echo", "ls"]),
    ('echo "a && b; c | d"', "", [], ["echo"]),
    ('grep -rn "foo|bar" src | head -5; wc -l x', "wc", ["grep", "wc"], ["grep", "wc"]),
    (
        "cat > a.py <<'EOF'\nimport os\nos.system('rm -rf /')\nEOF\npython a.py",
        "running-python-scripts",
        ["python"],
        ["cat > <file>", "python <script>"],
    ),
    ("cat <<EOF | kubectl apply -f -\nkind: Pod\nEOF", "kubectl-apply", ["kubectl apply"], ["kubectl apply"]),
    ("python - <<'PY'\nprint(1 && 2)\nPY", "running-python-scripts", ["python"], ["python <script>"]),
    ("git commit -m \"$(cat <<'EOF'\nfix; it's done (really)\nEOF\n)\"", "git-commit", ["git commit"], ["git commit"]),
    ("for f in *.txt; do sed -i 's/a/b/' \"$f\"; done", "sed", ["sed"], ["sed -i"]),
    ("if [ -f x ]; then cat x; else touch x; fi", "", ["touch"], ["[", "cat", "touch"]),
    ("find . -name '*.pyc' -exec rm {} \\;", "find", ["find"], ["find"]),
    ("find . -type f | xargs -n 1 grep -l TODO", "grep", ["find", "grep"], ["find"]),
    ("git log --oneline \\\n  -n 5 | cat", "git-log", ["git log"], ["git log"]),
    ("docker exec -it web bash -c 'ls /'", "docker-exec", ["docker exec"], ["docker exec"]),
    ('docker run --rm -v "$PWD":/w img make -C /w', "docker-run", ["docker run"], ["docker run"]),
    ("kubectl get pods -n prod -o json | jq '.items[] | .metadata.name'", "jq", ["kubectl get", "jq"], ["jq"]),
    (
        "terraform plan -out=tf.plan && terraform apply tf.plan",
        "terraform-apply",
        ["terraform plan", "terraform apply"],
        ["terraform plan", "terraform apply"],
    ),
    ("uv run pytest -q", "pytest", ["pytest"], ["uv run pytest"]),
    ("poetry run python manage.py migrate", "running-python-scripts", ["python"], ["python <script>"]),
    ("python3.11 -m venv .venv && . .venv/bin/activate", "", ["venv"], ["python -m venv", "."]),
    ("./gradlew :app:test --info", "", ["gradlew"], ["gradlew"]),
    ("/usr/bin/env python3 setup.py develop", "running-python-scripts", ["python"], ["python <script>"]),
    ("npm run lint -- --fix", "npm-run", ["npm run"], ["npm run lint"]),
    ("time cargo build --release", "cargo-build", ["cargo build"], ["cargo build"]),
    ("sed -n '1,5p;10q' f.txt", "sed", ["sed"], ["sed"]),
    ("diff <(sort a) <(sort b)", "", ["diff"], ["diff"]),
    ("make 2>&1 | tee build.log", "make", ["make", "tee"], ["make"]),
    ('mysql -e "select * from a; select * from b" db', "", ["mysql"], ["mysql"]),
    ("ssh host 'cd /srv && git pull'", "ssh", ["ssh"], ["ssh"]),
    ("curl -s https://x.y/a?b=1&c=2", "curl", ["curl"], ["curl"]),
    ("git add . && git commit -m 'a' -m \"b & c\"", "git-commit", ["git add", "git commit"], ["git add", "git commit"]),
    ("cd <path> && git checkout <name>", "git-checkout", ["git checkout"], ["cd", "git checkout"]),
    ("pip install <name> | tail -<number>", "pip-install", ["pip install"], ["pip install"]),
    ("python <<'EOF' 2>&1 | head -3\nx = 1\nEOF", "running-python-scripts", ["python"], ["python"]),
    (
        "sed -i 's/x/y/' a.py && git diff; echo \"exit: $?\"",
        "git-diff",
        ["sed", "git diff"],
        ["sed -i", "git diff", "echo"],
    ),
    ("su - app -c 'npm start'", "", ["su"], ["su"]),
    ("cat a.txt|grep x>b.txt", "grep", ["grep"], ["cat"]),
    ("npm run lint && npm test", "npm-test", ["npm run", "npm test"], ["npm run lint", "npm test"]),
    ("kubectl -n prod apply -f x.yaml", "kubectl-apply", ["kubectl apply"], ["kubectl apply"]),
    ("git -C sub push --force", "git-push", ["git push"], ["git push"]),
    ("pip3 install -U requests", "pip-install", ["pip install"], ["pip3 install"]),
    ("python3 -m pip install x", "pip-install", ["pip install"], ["python -m pip"]),
    ("make -C build test", "make-test", ["make test"], ["make test"]),
    ("cargo test --all", "cargo-test", ["cargo test"], ["cargo test"]),
    ("apt-get install -y jq", "apt-get-install", ["apt-get install"], ["apt-get install"]),
    ("uv pip install x", "uv-pip", ["uv pip"], ["uv pip"]),
    ("go vet ./...", "go-vet", ["go vet"], ["go vet"]),
    ("./manage.py migrate", "", ["manage.py"], ["manage.py"]),
    ("conda run -n e pytest", "pytest", ["pytest"], ["conda run pytest"]),
    ("gh pr create --fill", "gh-pr", ["gh pr"], ["gh pr"]),
    ("docker compose up -d", "docker-compose", ["docker compose"], ["docker compose"]),
    ("mvn -q test", "mvn-test", ["mvn test"], ["mvn test"]),
]
"""Each with the subject of a lesson that quotes it, the programs that wording names, and what mining saw run."""


@pytest.mark.parametrize(("line", "subject", "wording", "mining"), LINES)
def test_naming_wording_and_mining_read_a_line_alike(
    line: str, subject: str, wording: list[str], mining: list[str]
) -> None:
    named = subjects(lesson(f"`` {line} `` fails", "Stop.", polarity="success"))
    telling = [name for name in named if name.startswith(("using-", "running-python"))]
    assert min(telling, key=lambda name: (-named[name], name), default="").removeprefix("using-") == subject
    assert programs(f"`` {line} ``") == wording
    assert heads_of(line) == mining


def test_a_place_or_a_call_of_a_function_is_no_command() -> None:
    assert programs("`/system` and `f(x)` and `src/a.py`, but `./run.sh`") == ["run.sh"]


def test_code_messages_and_shared_words_of_a_lesson_are_read_in_one_place() -> None:
    assert code_spans("run `` a `b` `` or `c d`") == ["a `b`", "c d"]
    assert message_of("`x` fails with “no `y` here”.") == "no `y` here"
