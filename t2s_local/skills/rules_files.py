"""Rules on the folder of a skill: sizes, encodings, links, and files that do not belong there."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from t2s_local.errors import InputError
from t2s_local.skills.rulebook import Chapter, Hit
from t2s_local.skills.source import LARGEST_FILE, MAIN, SkillSource

CHAPTER: Chapter[SkillSource] = Chapter()
MOST_LINES = 500
MOST_TOKENS = 5_000
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]+:|//)", re.IGNORECASE)
"""Start of a web address; a single letter before the colon is a drive, and no match."""
_ABSOLUTE = re.compile(r"(?:/|~|\\|[A-Za-z]:[\\/])")


def estimated_tokens(text: str) -> int:
    """Return the estimated number of tokens of *text*: a quarter of its UTF-8 bytes, rounded up.

    English prose has about 4.5 bytes a token and code about 3.5 with usual vocabularies; the estimate is in between.
    """
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)


@CHAPTER.rule("body-lines", "error", "The body has fewer than 500 lines.")
def body_lines(source: SkillSource) -> Iterable[Hit]:
    """Report a body with too many lines."""
    if not isinstance(source.document, InputError):
        lines = source.document.body.rstrip("\n").count("\n") + 1
        if lines >= MOST_LINES:
            yield Hit(MAIN, source.document.body_line, f"the body has {lines} lines, fewer than {MOST_LINES} are meant")


@CHAPTER.rule("body-tokens", "error", "The body has fewer than 5,000 tokens, estimated as a quarter of its bytes.")
def body_tokens(source: SkillSource) -> Iterable[Hit]:
    """Report a body with too many estimated tokens."""
    if not isinstance(source.document, InputError):
        tokens = estimated_tokens(source.document.body)
        if tokens >= MOST_TOKENS:
            message = f"the body has about {tokens:,} tokens, fewer than {MOST_TOKENS:,} are meant"
            yield Hit(MAIN, source.document.body_line, message)


@CHAPTER.rule("body-empty", "error", "There is a body.")
def body_empty(source: SkillSource) -> Iterable[Hit]:
    """Report a body without any text."""
    if not isinstance(source.document, InputError) and not source.document.body.strip():
        yield Hit(MAIN, source.document.body_line, "there is nothing after the front matter")


@CHAPTER.rule("links-dangling", "error", "Every link to a file leads to a file of the skill.")
def links_dangling(source: SkillSource) -> Iterable[Hit]:
    """Report links to files that are not in the skill."""
    for path, line, target, file in _file_links(source):
        if not _is_outside(target) and file not in source.sizes and not _is_folder(source, file):
            yield Hit(path, line, f"{target!r} is no file of the skill")


@CHAPTER.rule("links-outside", "error", "No link is absolute or leads out of the folder.")
def links_outside(source: SkillSource) -> Iterable[Hit]:
    """Report links with absolute paths, drives or ``..``."""
    for path, line, target, _ in _file_links(source):
        if _is_outside(target):
            yield Hit(path, line, f"{target!r} leads out of the skill")


@CHAPTER.rule("references-linked", "warning", "SKILL.md links every other file.")
def references_linked(source: SkillSource) -> Iterable[Hit]:
    """Report files that SKILL.md does not link, except licenses and scripts."""
    linked = {file for path, _, _, file in _file_links(source) if path == MAIN}
    for path in source.sizes:
        if path != MAIN and path not in linked and not path.upper().startswith(("LICENSE", "SCRIPTS/")):
            yield Hit(path, None, "SKILL.md does not link it, so nothing will open it")


@CHAPTER.rule("references-deep", "warning", "Files lie at most one folder deep.")
def references_deep(source: SkillSource) -> Iterable[Hit]:
    """Report files that are more than one folder deep."""
    for path in source.sizes:
        if path.count("/") > 1:
            yield Hit(path, None, "it lies more than one folder deep")


@CHAPTER.rule("scripts", "warning", "There is no scripts/ folder: nothing of the skill runs by itself.")
def scripts(source: SkillSource) -> Iterable[Hit]:
    """Report the files in the folder scripts/."""
    for path in source.sizes:
        if path.startswith("scripts/"):
            yield Hit(path, None, "code an agent may run without a look at it")


@CHAPTER.rule("plain-files", "error", "Everything in the folder is a plain file or a folder.")
def plain_files(source: SkillSource) -> Iterable[Hit]:
    """Report symbolic links, sockets and pipes."""
    for path in source.odd:
        yield Hit(path, None, "neither a plain file nor a folder")


@CHAPTER.rule("encoding", "error", "Markdown is UTF-8 without a byte order mark.")
def encoding(source: SkillSource) -> Iterable[Hit]:
    """Report Markdown files that are not UTF-8 or begin with a byte order mark."""
    for path, data in source.raw.items():
        if path.endswith(".md") and path not in source.texts:
            yield Hit(path, data[: _first_bad_byte(data)].count(b"\n") + 1, "not UTF-8")
        elif path.endswith(".md") and data.startswith(b"\xef\xbb\xbf"):
            yield Hit(path, 1, "starts with a byte order mark")


@CHAPTER.rule("oversize", "error", "No file has more than 1 MB.")
def oversize(source: SkillSource) -> Iterable[Hit]:
    """Report files with more than 1 MB."""
    for path, size in source.sizes.items():
        if size > LARGEST_FILE:
            yield Hit(path, None, f"{size:,} bytes, at most {LARGEST_FILE:,}")


def _first_bad_byte(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _file_links(source: SkillSource) -> Iterator[tuple[str, int, str, str]]:
    """Yield for each link to a file: the linking file, the line, the target as written, and the path it resolves to."""
    for path, markdown in source.markdown.items():
        for link in markdown.links:
            target = unquote(link.target).partition("#")[0]
            if target and not _SCHEME.match(target):
                yield path, link.line, target, posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _is_outside(target: str) -> bool:
    return bool(_ABSOLUTE.match(target)) or ".." in target.replace("\\", "/").split("/")


def _is_folder(source: SkillSource, path: str) -> bool:
    return any(file.startswith(f"{path}/") for file in source.sizes)
