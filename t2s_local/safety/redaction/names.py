"""Distinguish private names of people and machines from common ones such as ``root``."""

import getpass
import socket

_EVERYBODYS = frozenset(
    (
        "admin",
        "administrator",
        "agent",
        "agents",
        "alpine",
        "app",
        "apps",
        "author",
        "bot",
        "build",
        "builder",
        "centos",
        "circleci",
        "client",
        "code",
        "coder",
        "committer",
        "data",
        "debian",
        "default",
        "desktop",
        "dev",
        "develop",
        "docker",
        "ec2-user",
        "fedora",
        "git",
        "github",
        "gitlab",
        "guest",
        "home",
        "host",
        "jenkins",
        "jovyan",
        "laptop",
        "linuxbrew",
        "local",
        "localhost",
        "machine",
        "main",
        "master",
        "me",
        "mysql",
        "name",
        "nginx",
        "nobody",
        "node",
        "openhands",
        "oracle",
        "origin",
        "postgres",
        "private",
        "project",
        "projects",
        "public",
        "python",
        "redis",
        "root",
        "runner",
        "runtime",
        "sandbox",
        "server",
        "service",
        "shared",
        "system",
        "task",
        "test",
        "testbed",
        "tests",
        "tool",
        "tools",
        "ubuntu",
        "user",
        "username",
        "users",
        "vagrant",
        "vscode",
        "work",
        "worker",
        "workspace",
        "www-data",
        "you",
        "your-name",
        "yourname",
    )
)
_SHORTEST = 3


def is_personal(name: str) -> bool:
    """Return whether *name* can identify a person; ``root``, ``ubuntu`` and the like cannot."""
    return len(name) >= _SHORTEST and name.lower() not in _EVERYBODYS and any(map(str.isalpha, name))


def machine_names() -> tuple[str, ...]:
    """Return the private names on this machine: those of the user and the host, unless they are common; sorted."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = ""
    host = socket.gethostname()
    return tuple(sorted({name for name in (user, host, host.partition(".")[0]) if is_personal(name)}))
