"""How long a file may get before it has to be split by subject."""

from tests.places import ROOT

LONGEST = 300


def test_no_source_is_longer_than_300_lines() -> None:
    sources = [path for folder in ("t2s_local", "tests") for path in (ROOT / folder).rglob("*.py")]
    sources += [path for path in (ROOT / "scripts").rglob("*") if path.is_file() and path.suffix in ("", ".py")]
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in sources}
    assert "scripts/check" in lines
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}
