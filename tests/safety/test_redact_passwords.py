"""Passwords by any name: after a word for one in any language, behind a flag of any program, fed, typed, in SQL."""

import pytest

from t2s_local.safety.redaction.sanitise import sanitise
from tests.build import step, trajectory

SECRET = "Qv72mmTk9x"
TEXTS = (
    "psql -c \"CREATE USER app WITH PASSWORD '{0}'\"",
    "DB_PW={0} make migrate",
    "openssl rsa -passin pass:{0} -in k",
    "sqlcmd 'Server=db;User ID=sa;Password=Zx81 {0};Encrypt=True'",
    "docker login -u deploy -p {0} registry.corp.example",
    "redis-cli -h db -a {0} ping",
    "az login --service-principal -u x -p {0} --tenant t",
    "smbclient //h/s -U deploy%{0}",
    "ldapsearch -x -D cn=admin -w {0} -b dc=x",
    "echo {0} | sudo -S apt-get update",
    "printf '{0}\\n' | sudo -S ls",
    "sudo -S ls <<< {0}",
    '{"user": "a", "pw": "{0}"}',
    "The password is {0}.",
    "Das Passwort lautet {0}",
    "Пароль: {0}",
    "mot de passe : {0}",
    "la contraseña es {0}",
    "密码是{0}",
    "パスワードは {0} です",
    "비밀번호: {0}",
    "A senha: {0}",
    "htpasswd -b f user {0}",
    "ALTER USER sa WITH PASSWORD = '{0}'",
    "SET PASSWORD FOR 'a'@'%' = PASSWORD('{0}')",
    "net use Z: \\\\h\\s /user:dom\\u {0}",
    "mongosh -u a -p {0}",
    "mysqladmin -u root password {0}",
    '$env:DB_PASS = "{0}"',
    "kubectl create secret generic x --from-literal=pw={0}",
    "psk={0}",
    "sshpass -p {0} ssh h",
    "SSHPASS={0} sshpass -e ssh h",
    "PGPASSWORD={0} psql",
    "zip -P {0} a.zip b",
    "7z x -p{0} a.7z",
    "unzip -P {0} a.zip",
    "ftp://user:{0}@h/",
    "curl -u user:{0} https://h",
    "wget --user=u --password={0} h",
    "xfreerdp /u:a /p:{0} /v:h",
    "impacket dom/user:{0}@host",
    "evil-winrm -i h -u a -p {0}",
    "vault login -method=userpass username=a password={0}",
    "expect 'Password:' send '{0}\\r'",
    "login: admin / {0}",
    "credentials: admin:{0}",
    "wpa_passphrase ssid {0}",
    "ansible-playbook -e ansible_become_pass={0}",
    "keytool -storepass {0} -keypass {0}",
    "gpg --batch --passphrase {0} -d x",
    "Pwd={0};Uid=sa",
    "<pw>{0}</pw>",
    "Kennwort: {0}",
    "hasło: {0}",
    "wachtwoord is {0}",
    "CREATE USER 'app'@'%' IDENTIFIED BY 'Qv72mmTk9x';",
    "db.x.example:5432:app:writer:Qv72mmTk9x",
    "set -x DB_PASSWORD Qv72mmTk9x",
    "setx DB_PASSWORD Qv72mmTk9x",
    "snmpwalk -v2c -c Qv72mmTk9x host",
    'wpa_psk="Qv72mmTk9x"',
    "database:\n  user: app\n  pass: Qv72mmTk9x",
    "data:\n  DB_PW: Qv72mmTk9x",
)
OTHERS = (
    ("q7m2vkzt84hxw0b3nd95cyrs", "curl -b 'SESSIONID=q7m2vkzt84hxw0b3nd95cyrs' https://x.example/x"),
    (
        "s9Z6YkRYU7oe1wNWqku5",
        "root:$6$Qv72mmTk$s9Z6YkRYU7oe1wNWqku5Nr50DjqG96EnLqNGpuxcmlzkO7rRu5ykYYq:19000:0:99999:7:::",
    ),
    (
        "AAAgIAAAAmZGwt",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/5AAAgIAAAAmZGwt\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
    ),
    (
        "eyJzdWIiOiI5ODc2",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\neyJzdWIiOiI5ODc2NTQzMjEwIn0.\nM6JOF8EFd0Nhcy1kGD2VDeR1UYzaLiA",
    ),
    ("rwagner", "rwagner@devbox42:~/proj$ ls"),
    ("rwagner", "\\\\fileserver\\users\\rwagner\\x"),
    ("jürgen", "jürgen.weiß@example.de"),
    ("de89370400440532013000", "iban: de89370400440532013000"),
    ("BAGR", "send it to DO28BAGR00000001212453611324"),
    ("0532 0130 00", "DE89 3704 0044 0532 0130 00 please"),
    ("2100 0418 4502 0005 1332", "ES91 2100 0418 4502 0005 1332 TODAY"),
    ("23456789", "call 0151/23456789"),
)
PUBLIC = (
    "Could not load 'X.Data, Version=6.0.0.0, Culture=neutral, PublicKeyToken=c88a5c561934e089'",
    "verifying x.example/y@v1.2.3: checksum mismatch: downloaded h1:Qk3lmQ9xAb0CdEfGhIjKQk3lmQ9xAb0CdEfGhIjKQk0=",
    "github.com/auth0/go-jwt v1.2.3/go.mod h1:Qk3lmQ9xAb0CdEfGhIjKQk3lmQ9xAb0CdEfGhIjKQk0=",
    '"node_modules/token-x": {"integrity": "sha512-Qk3lmQ9xAb0CdEfGhIjKZk3lmQ9xAb0CdEfGhIjKZk0Qk=="}',
    'name = "secrecy"\nchecksum = "9bd1c54ea06cfd2f6b63219704de0b9b4f72dcc2b8fdef820be6cd799780e91e"',
    '"contentHash": "Qk3lmQ9xAb0CdEfGhIjKZk3lmQ9xAb0CdEfGhIjKZk0QkPmQ9xAb0CdEfGhIjKZk3lmQ9xAb0CdEfGhIjKZk0=="',
    'narHash = "sha256-Qk3lmQ9xAb0CdEfGhIjKZk3lmQ9xAb0CdEfGhIjKZk0="',
    "auth token hash sha1:9bd1c54ea06cfd2f6b63219704de0b9b4f72dcc2",
)
ORDINARY = (
    "trajectory ca3800297712d9c1",
    "trajectory de44003777120398d9c1fe",
    "docker run -p 8080:80 nginx",
    "ssh -p 2222 host",
    "docker run -u 1000:1000 x",
    "mkdir -p v2test1 build2",
    "pytest -p no:cacheprovider",
    "tests: 12 pass: 3 fail",
    "grep -c Foo2Bar x",
    "password = forms.CharField(max_length=32)",
    "The password is stored as bcrypt and must have 8 characters",
    "make -j4 -w OUT=build2/Debug",
    "docs/guide/review-01.md:132:**Suggested fix**: export it",
    "user/a.py:12:Abc9kk = 3",
)


def cleaned(text: str) -> str:
    return sanitise([trajectory(step("tool_result", text))]).trajectories[0].steps[0].text


@pytest.mark.parametrize("text", TEXTS)
def test_a_password_is_gone_whatever_it_is_called(text: str) -> None:
    assert SECRET not in cleaned(text)


@pytest.mark.parametrize(("secret", "text"), OTHERS)
def test_other_private_values_are_gone(secret: str, text: str) -> None:
    assert secret not in cleaned(text)


def test_the_key_before_an_address_and_the_words_after_a_name_stay() -> None:
    ran = "git -c user.email=jo.doe@corp.example -c user.name=jodoe commit -m x"
    assert cleaned(ran) == "git -c user.email=<EMAIL_1> -c user.name=<NAME_1> commit -m x"
    assert cleaned("user.name=Jo Doe\ncore.bare=false") == "user.name=<NAME_1>\ncore.bare=false"


@pytest.mark.parametrize("text", (*PUBLIC, *ORDINARY))
def test_what_is_public_or_no_secret_stays(text: str) -> None:
    assert cleaned(text) == text


def test_the_rest_of_a_command_stays() -> None:
    text = cleaned(f"docker login -u deploy -p {SECRET} registry.x.example")
    assert text == "docker login -u deploy -p <PASSWORD_1> registry.x.example"
