"""Download of models: the only module that uses the internet, imported by ``t2s models pull`` alone."""

import os
import shutil
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from t2s_local.errors import ModelError
from t2s_local.files import file_digest
from t2s_local.values.value import Value
from t2s_local.weights.catalog import CatalogEntry, hugging_face_cache
from t2s_local.weights.pins import Pin, remember

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


class Download(Value, frozen=True, kw_only=True):
    """A file that can be downloaded, with the hub's facts about it."""

    repo: str
    file: str
    revision: str
    """Commit of the repo, so that the file that is downloaded is the one that was looked up."""
    bytes: int
    sha256: str | None
    is_here: bool
    """Whether the file is in the cache already."""


def look_up(model: CatalogEntry) -> Download:
    """Ask the hub for the model's file, its size and its digest.

    Raises:
        ModelError: the hub cannot be reached, has no such file, or has another file than the catalog records.
    """
    with _as_model_errors(model.repo):
        from huggingface_hub import HfApi, try_to_load_from_cache

        info = HfApi().model_info(model.repo, revision=model.revision, files_metadata=True)
    files = [file for file in info.siblings or () if fnmatch(Path(file.rfilename).name, model.file)]
    if len(files) != 1:
        message = f"{model.repo} has {len(files)} files like {model.file}"
        raise ModelError(message, hint="Fetch the file by hand and give its path.")
    file = files[0]
    sha256 = file.lfs.sha256 if file.lfs else None
    if model.sha256 is not None and sha256 != model.sha256:
        message = f"{file.rfilename} is not the file the catalog records"
        raise ModelError(message, hint="Do not use it before you know why.")
    revision = info.sha or model.revision or "main"
    return Download(
        repo=model.repo,
        file=file.rfilename,
        revision=revision,
        bytes=file.size or model.bytes,
        sha256=sha256,
        is_here=isinstance(try_to_load_from_cache(model.repo, file.rfilename, revision=revision), str),
    )


def fetch(download: Download) -> Path:
    """Download the file into the cache, resuming an earlier attempt; check its digest and pin it.

    Raises:
        ModelError: the hub cannot be reached, the disk is full, or the bytes differ from the announced digest.
    """
    with _as_model_errors(download.repo):
        from huggingface_hub import hf_hub_download

        if download.sha256 is not None and not download.is_here:
            _fetch_blob(download, download.sha256)
        path = Path(hf_hub_download(download.repo, download.file, revision=download.revision))
    sha256 = file_digest(path)
    if download.sha256 is not None and sha256 != download.sha256:
        path.resolve().unlink()
        path.unlink()
        message = "the bytes that came are not those the hub announced; they are deleted"
        raise ModelError(message, path=path, hint="Pull it again.")
    remember(path, Pin(sha256=sha256, bytes=path.stat().st_size, repo=download.repo, revision=download.revision))
    return path


def _fetch_blob(download: Download, sha256: str) -> None:
    """Download the blob to the place where the hub's library looks first; the library then links it into the cache.

    The library (2.4) keeps nothing of an interrupted download, so the partial file is kept here and extended.
    """
    from huggingface_hub import get_hf_file_metadata, get_token, hf_hub_url
    from huggingface_hub.file_download import http_get

    blob = hugging_face_cache() / f"models--{download.repo.replace('/', '--')}" / "blobs" / sha256
    if blob.exists():
        return
    blob.parent.mkdir(parents=True, exist_ok=True)
    part = blob.with_name(f"{sha256}.t2s.incomplete")
    url = hf_hub_url(download.repo, download.file, revision=download.revision)
    location = get_hf_file_metadata(url).location
    token = get_token() if urlsplit(location).netloc == urlsplit(url).netloc else None
    with part.open("ab", buffering=0) as stream:
        missing = download.bytes - stream.tell()
        if shutil.disk_usage(blob.parent).free < missing:
            message = f"{missing / 1e9:.1f} GB are missing on this disk"
            raise ModelError(message, path=blob.parent, hint="Free some space; the same command then goes on.")
        http_get(
            location,
            stream,
            resume_size=stream.tell(),
            headers={} if token is None else {"authorization": f"Bearer {token}"},
            expected_size=download.bytes,
            displayed_filename=Path(download.file).name,
        )
    part.replace(blob)


def _as_model_errors(repo: str) -> "AbstractContextManager[None]":
    os.environ["HF_HUB_OFFLINE"] = "0"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub.errors import HfHubHTTPError

    # The hub's client is built on requests, httpx or httpx2, by its version; each has one base for all it raises.
    foreign: tuple[type[BaseException], ...] = (OSError, *HfHubHTTPError.__bases__)

    @contextmanager
    def mapped() -> "Iterator[None]":
        try:
            yield
        except foreign as error:
            first = str(error).strip().partition("\n")[0] or type(error).__name__
            message = f"cannot fetch from {repo}: {first}"
            raise ModelError(message, hint="The same command goes on where it stopped.") from error

    return mapped()
