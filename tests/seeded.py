"""Fake secrets and personal data: one or more for every rule, and the disguises they turn up in."""

import base64
import json
import random
import string
import tomllib
from importlib import resources
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from tests.sampler import LETTERS, sample


class Seed(NamedTuple):
    """One planted value."""

    rule: str
    text: str
    """What stands in the trajectory."""
    secrets: tuple[str, ...]
    """What must not be found in anything that is written; for a value over two lines, its pieces."""


def seeds() -> list[Seed]:
    """Every seed, the same at every call."""
    dice = random.Random(20250303)
    plain = [*_shapes(dice), *_assigned(dice), *_context(dice), *_personal(dice)]
    return plain + _disguised(dice, [seed for seed in plain if seed.rule in _WORTH_HIDING])


def _shapes(dice: random.Random) -> list[Seed]:
    text = resources.files("t2s_local.safety.redaction").joinpath("tokens.toml").read_text("utf-8")
    alphabets = {
        "hex": "0123456789abcdef",
        "HEX": "0123456789abcdefABCDEF",
        "digit": string.digits,
        "upper": string.ascii_uppercase + string.digits,
        "none": "-",
    }
    found = []
    for rule, (start, alphabet, least) in tomllib.loads(text)["tokens"].items():
        body = "".join(dice.choices(alphabets.get(alphabet, LETTERS), k=least))
        value = sample(start, dice) + body
        sentence = dice.choice(("we use {} here", "x = '{}'", "KEY={}\n", 'got "{}".', "({})"))
        found.append(Seed(rule, sentence.format(value), (value,)))
    return found


_WRITTEN = (
    "export {}={}",
    '{}="{}"',
    "{}: {}",
    '{{"{}": "{}"}}',
    "{} = '{}'",
    '"{{\\"{}\\": \\"{}\\"}}"',
    "os.environ['{}'] = '{}'",
    "{}={}\\nNEXT=1",
)


def _assigned(dice: random.Random) -> list[Seed]:
    found = []
    names = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    for number, (name, pattern) in enumerate(names.items()):
        value = sample(pattern, dice)
        found.append(Seed("assigned-secret", _WRITTEN[number % len(_WRITTEN)].format(name, value), (value,)))
    return found


def _context(dice: random.Random) -> list[Seed]:
    def key(size: int) -> str:
        return "".join(dice.choices(LETTERS, k=size))

    def password() -> str:
        return key(4) + dice.choice("!#%+") + key(5)

    def pem(kind: str) -> tuple[str, str]:
        lines = [key(64) for _ in range(3)]
        return f"-----BEGIN {kind}PRIVATE KEY-----\n" + "\n".join(lines) + f"\n-----END {kind}PRIVATE KEY-----", lines[
            1
        ]

    found = []
    for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "):
        text, line = pem(kind)
        found.append(Seed("private-key", text, (line,)))
    text, line = pem("RSA ")
    found.append(Seed("private-key", json.dumps({"private_key": text}), (line,)))
    found.append(Seed("private-key", text[:120], (text[50:100].split("\n")[0],)))
    jwt = ".".join(
        base64.urlsafe_b64encode(part.encode()).decode().rstrip("=")
        for part in ('{"alg":"HS256","typ":"JWT"}', json.dumps({"sub": key(9)}), key(20))
    )
    found.append(Seed("jwt", f"token {jwt} end", (jwt,)))
    for form in (
        "postgres://app:{}@db.corp.net:5432/main",
        "mysql://root:{}@10.0.0.9/x",
        "https://ci:{}@git.corp.net/a.git",
        "redis://:{}@cache:6379/0",
        "amqp://u:{}@mq",
        "mongodb+srv://svc:{}@c0.mongo.net",
        "curl -u admin:{} https://api.corp.net",
        "curl --user 'svc:{}' http://x.corp.net",
        "password={}",
        "PGPASSWORD={} psql",
        'db_password: "{}"',
        "'passwd' => '{}'",
        '{{"password":"{}"}}',
        '{{\\"password\\": \\"{}\\"}}',
        "--password {}",
        "--password={}",
        "sshpass -p {} ssh host",
        "mysql -u root -p{} shop",
        "<password>{}</password>",
        "machine api.corp.net login bot password {}",
        "ADMIN_PASS={}",
        "passphrase: {}",
    ):
        value = password()
        found.append(Seed("password", form.format(value), (value,)))
    for form in (
        "curl -H 'Authorization: Bearer {}' https://x",
        "Authorization: Token {}",
        '"Authorization": "Bearer {}"',
        "X-Api-Key: {}",
        "Cookie: session_token={}",
        "Set-Cookie: lang=en; sid={}; Path=/",
        "gh auth login --with-token {}",
        "tool --api-key {} run",
        "client_secret={}&grant_type=x",
        "https://api.corp.net/v1?access_token={}",
        "SOMETHING={}",
    ):
        value = key(44)
        found.append(Seed("secret-in-context", form.format(value), (value,)))
    value = base64.b64encode(f"svc:{password()}".encode()).decode()
    found.append(Seed("authorization", f"Authorization: Basic {value}", (value,)))
    return found


_NAMES = ("Odalys Brunner", "Tomasz Wieczorek", "Priya Raghunathan", "Jean-Luc Favreau", "Søren Østergaard")
_LOGINS = ("odalysb", "twieczorek", "priya.r", "jlfavreau", "sostergaard")


def _personal(dice: random.Random) -> list[Seed]:
    found = []
    for name, login in zip(_NAMES, _LOGINS, strict=True):
        found += [
            Seed("email", f"ask {login}@corp-mail.net about it", (f"{login}@corp-mail.net",)),
            Seed("email", f'"to":["{login}+ci@sub.corp-mail.co.uk"]', (f"{login}+ci@sub.corp-mail.co.uk",)),
            Seed("git-author", f"Author: {name} <{login}@corp-mail.net>\nDate: x", (name, f"{login}@corp-mail.net")),
            Seed("git-author", f"Co-authored-by: {name} <{login}@corp-mail.net>", (name,)),
            Seed("git-config-name", f"git config --global user.name '{name}'", (name,)),
            Seed("home-path", f"cd /home/{login}/src && ls", (login,)),
            Seed("home-path", f'File "/Users/{login}/x.py", line 3', (login,)),
            Seed("home-path", f"C:\\Users\\{login}\\x and ~/.claude/projects/-Users-{login}-src/", (login,)),
        ]
    for number in (
        "+49 170 5550134",
        "+14155550134",
        "(415) 555-0134",
        "415-555-0134",
        "+44 20 7946 0958",
        "+33 1 70 18 99 12",
        "626.223.8544x361",
        "001-648-514-4078",
    ):
        found.append(Seed("phone", f"call {number}, please", (number,)))
    for start, size in (("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("6011", 16), ("35", 16)):
        value = _card(start, size, dice)
        found.append(Seed("card", f"number: {value} expires", (value,)))
    spaced = _card("4", 16, dice)
    spaced = " ".join(spaced[at : at + 4] for at in range(0, 16, 4))
    found.append(Seed("card", f"card {spaced}.", (spaced,)))
    for country, size in (("DE", 18), ("FR", 23), ("GB", 18), ("NL", 14), ("ES", 20)):
        value = _iban(country, size, dice)
        found.append(Seed("iban", f"pay to {value} now", (value,)))
        grouped = " ".join(value[at : at + 4] for at in range(0, len(value), 4))
        found.append(Seed("iban", f"IBAN {grouped}\n", (grouped,)))
    for address in ("10.31.4.17", "192.168.44.5", "203.0.113.77", "2001:db8:0:1::7a2e", "fe80::1ff:fe23:4567:890a"):
        found.append(Seed("ip-address", f"connect to {address} failed", (address,)))
    return found


def _card(start: str, size: int, dice: random.Random) -> str:
    body = start + "".join(dice.choices(string.digits, k=size - len(start) - 1))
    for check in string.digits:
        numbers = [int(digit) for digit in body + check]
        doubled = [number * 2 - 9 * (number > 4) for number in numbers[-2::-2]]
        if (sum(numbers[-1::-2]) + sum(doubled)) % 10 == 0:
            return body + check
    raise AssertionError(body)


def _iban(country: str, size: int, dice: random.Random) -> str:
    body = "".join(dice.choices(string.digits, k=size))
    number = int("".join(str(int(character, 36)) for character in f"{body}{country}00"))
    return f"{country}{98 - number % 97:02}{body}"


_WORTH_HIDING = frozenset(
    {
        "aws-key-id",
        "github-token",
        "gitlab-token",
        "openai-key",
        "anthropic-key",
        "stripe-key",
        "slack-token",
        "npm-token",
    }
    | {
        "huggingface-token",
        "gcp-key",
        "pypi-token",
        "digitalocean-token",
        "sendgrid-token",
        "databricks-token",
        "email",
    }
)


def _disguised(dice: random.Random, plain: list[Seed]) -> list[Seed]:
    """Split over lines, in JSON in JSON, percent-encoded, in base64."""
    found = []
    for seed in plain:
        value = seed.secrets[0]
        encoded = base64.b64encode(f"the value is {value} and no other".encode()).decode()
        percent = quote(value, safe="").replace("-", "%2D").replace("_", "%5F")
        doubled = json.dumps(json.dumps({"note": f"see {value}"}))
        found += [
            Seed("encoded", f"blob {encoded} end", (encoded, value)),
            Seed(seed.rule, f"in {doubled} it is", (value,)),
        ]
        if "%" in percent:
            found.append(Seed("encoded", f"GET /x?q={percent} HTTP", (percent,)))
        if seed.rule != "email":
            half = len(value) // 2 + dice.randint(-2, 2)
            first, second = value[:half], value[half:]
            joint = dice.choice(("\n", "\\\n", '"\n    "', "\n    "))
            found.append(Seed(seed.rule, f"key: {first}{joint}{second}\nend", (second,)))
    return found
