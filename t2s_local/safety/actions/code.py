"""Effects of a program in Python, JavaScript or PowerShell, judged by the calls in it."""

import shlex
from collections.abc import Iterator

import re2 as re

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.files import of_written
from t2s_local.safety.actions.stores.stores import of_code
from t2s_local.safety.actions.words import pattern

_LONGEST = 100_000
_FETCH = (
    r"(?:urlopen|urlretrieve|requests\.\w+|httpx\.\w+|fetch|axios\S*|https?\.get|downloadstring|downloadfile"
    r"|invoke-webrequest|\biwr\b|\birm\b|net\.webclient|lwp::|open-uri|file_get_contents|xmlhttp|\bget\(?\s*[\"']https?)"
)
_RUN = (
    r"(?:\bexec|\beval|\bcompile|\bos\.system|\bos\.popen|subprocess\.\w+|scriptblock\]::create|\bnew\s+Function|vm\.run\w*|\biex\b|invoke-expression|instance_eval|importlib\S*"
    r"|__import__|\bsystem)"
)
_FETCH_AND_RUN = re.compile(
    rf"(?is){_RUN}\s*[\s(][^\n]{{0,200}}{_FETCH}|{_FETCH}[^\n]{{0,300}}\.then\([^\n]{{0,80}}eval"
    rf"|{_FETCH}[^\n]{{0,200}}\|\s*(?:iex|invoke-expression)\b"
)
_HIDDEN = re.compile(
    rf"(?is){_RUN}\s*[\s(][^\n]{{0,120}}(?:b64decode|base64|atob|fromcharcode|unhexlify|fromhex|zlib|codecs|marshal|rot)"
)
_EVALUATED = re.compile(r"(?:^|[^.\w])(?:exec|eval|execfile|instance_eval)(?:\s*\(\s*[^\s\"'`)]|\s+[A-Za-z$@])")
"""A computed text that is run as code; a literal text, and a method such as ``re.exec``, is not meant."""
_RELAXED = re.compile(
    r"(?i)(?:verify|check_hostname|rejectunauthorized|validate_certs?|ssl_verify\w*|verify_ssl|verify_mode)\b[\"']?\s*[=:]+\s*(?:false|0|none|ssl\.cert_none|openssl::ssl::verify_none|off)\b|_create_unverified_context|cert_none|disable_warnings|servercertificatevalidationcallback\s*=|danger_accept_invalid_certs\(true|insecureskipverify\s*:\s*true|NODE_TLS_REJECT_UNAUTHORIZED[\"'\]]*\s*=\s*[\"']?0"
)
_SEND = re.compile(
    r"(?i)(?:requests|httpx|session|client|axios|http)\.(?:post|put|patch)\s*\(|urlopen\([^)]*data\s*=|urlopen\([^,]{1,200},[^)]*(?:read|data|encode)|method\s*:\s*[\"'](?:post|put)|uploadstring|uploadfile|sendmail|smtp\w*\(|storbinary|-method\s+post"
)
_ADDRESS = re.compile(r"(?i)https?://[^\s\"'`)]+")
_OURS = re.compile(r"(?i)^https?://(?:localhost|127\.|0\.0\.0\.0|\[::1)")
_WRITE = re.compile(
    r"""(?i)open\(\s*(?:os\.path\.expanduser\(\s*)?["']([^"']+)["']\s*\)?\s*,\s*["'][wax]|(?:writefile|appendfile)(?:sync)?\(\s*["'`]([^"'`]+)|path\(\s*["']([^"']+)["']\s*\)(?:\.expanduser\(\))?\.(?:write_text|write_bytes|open\(\s*["'][wa])|(?:set|add)-content\s+(?:-path\s+)?["']?([^\s"']+)|out-file\s+["']?([^\s"']+)"""
)
_SHELL = re.compile(
    r"""(?s)(?:os\.system|os\.popen|subprocess\.\w+|child_process\S*?\.\w+|\bexecSync|\bexec|\bsystem|shell_exec|\bspawn(?:Sync)?|Process\.\w+)\s*\(\s*(?:f|r|b)?(?:"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)'|`([^`]+)`|\[([^\]]+)\])"""
)
_BACKTICKS = re.compile(r"(?:^|[=\s;(])`([^`\n]+ [^`\n]+)`|%x[({]([^)}]+)[)}]")


def effects(text: str) -> Iterator[Effect]:
    """Yield the effects of a program, judged by its first 100,000 characters."""
    text = text[:_LONGEST]
    address = next((found for found in _ADDRESS.finditer(text) if not _OURS.match(found[0])), None)
    if _FETCH_AND_RUN.search(text) or (address and _EVALUATED.search(text)):
        yield Effect(kind="download", what=address[0] if address else "download")
    elif _HIDDEN.search(text):
        yield Effect(kind="hidden", what="encoded program")
    yield from (Effect(kind="check", what=found[0][:80]) for found in _RELAXED.finditer(text))
    if address and _SEND.search(text) and pattern("private_sources").search(text):
        yield Effect(kind="sending", what=address[0])
    yield from of_code(text)
    for found in _WRITE.finditer(text):
        yield from of_written(next(filter(None, found.groups()), ""))


def shell_lines(text: str) -> Iterator[str]:
    """Yield the shell lines that a program runs."""
    for found in _BACKTICKS.finditer(text[:_LONGEST]):
        yield found[1] or found[2]
    for found in _SHELL.finditer(text[:_LONGEST]):
        if found[4] is not None:
            yield shlex.join(re.findall(r"""["']([^"']*)["']""", found[4]))
        else:
            yield next(filter(None, found.groups()), "").replace("\\n", "\n").replace('\\"', '"')
