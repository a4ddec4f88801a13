"""Read label files (CSV, JSON, JSON Lines, SWE-bench reports) into labels, each with the key of its run."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from t2s_local.errors import InputError
from t2s_local.files import files_under
from t2s_local.ports.format import Quarantined
from t2s_local.records.json import NotJsonError, Record, decode, first_string, is_json_lines, objects
from t2s_local.records.outcome import LABEL_KEYS, finite, is_boundless, label_in, label_of
from t2s_local.records.streams import whole
from t2s_local.values.trajectory import Label

_ID_KEYS = (
    "id",
    "trajectory_id",
    "session_id",
    "task_id",
    "instance_id",
    "path",
    "file",
    "source",
    "name",
    "trial_name",
)
_SOLVED_LISTS = ("resolved_ids", "ids_resolved", "resolved")
_UNSOLVED_LISTS = (
    "unresolved_ids",
    "ids_unresolved",
    "unresolved",
    "error_ids",
    "empty_patch_ids",
    "no_generation",
    "no_logs",
)
_REPORT_NAMES = frozenset({"report", "result", "results", "reward", "eval_report"})


class LabelEntry(NamedTuple):
    """One label from a label file."""

    key: str
    """Id or path of the labelled run."""
    label: Label
    file: Path
    attempt: tuple[int, int] | None = None
    """Number of the labelled attempt (from 1) and number of attempts; None if the file does not list attempts."""


class Roster(NamedTuple):
    """A list of solved tasks: every other task whose runs are near the list failed."""

    solved: frozenset[str]
    file: Path


class Labels(NamedTuple):
    """Contents of label files."""

    entries: tuple[LabelEntry, ...]
    rosters: tuple[Roster, ...]
    quarantined: tuple[Quarantined, ...]


NO_LABELS = Labels((), (), ())


def load_labels(path: Path | None) -> Labels:
    """Read a label file, or every label file in a folder; return no labels if *path* is None.

    Raises:
        InputError: *path* does not exist, or contains no label.
    """
    if path is None:
        return NO_LABELS
    entries: list[LabelEntry] = []
    rosters: list[Roster] = []
    quarantined: list[Quarantined] = []
    for file in files_under(path):
        if isinstance(file, InputError):
            quarantined.append(Quarantined(path=str(file.path), line=None, reason=file.message))
            continue
        for item in _read(file, is_named=file == path):
            if isinstance(item, LabelEntry):
                entries.append(item)
            elif isinstance(item, Roster):
                rosters.append(item)
            else:
                quarantined.append(item)
    if not entries and not rosters and not quarantined:
        message = "no labels found"
        raise InputError(message, path=path, hint=f"A label has an id or a path, and one of: {', '.join(LABEL_KEYS)}.")
    return Labels(tuple(entries), tuple(rosters), tuple(quarantined))


def _read(file: Path, *, is_named: bool) -> Iterator[LabelEntry | Roster | Quarantined]:
    """Yield the labels in one file; if the file was found in a folder (not *is_named*), other kinds are skipped."""
    if not is_named and file.suffix.lower() not in (".json", ".jsonl", ".csv", ".tsv"):
        return
    data = whole(file)
    if data.lstrip()[:1] not in (b"{", b"["):
        if is_named or file.suffix.lower() in (".csv", ".tsv"):
            yield from _table(data, file)
        return
    if is_json_lines(data):
        yield from _lines(data, file)
        return
    try:
        yield from _stated(decode(data), file)
    except NotJsonError as error:
        if is_named:
            yield Quarantined(path=str(file), line=None, reason=str(error))


def _lines(data: bytes, file: Path) -> Iterator[LabelEntry | Roster | Quarantined]:
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                value = decode(line)
            except NotJsonError as error:
                yield Quarantined(path=str(file), line=number, reason=str(error))
                continue
            stated = list(_stated(value, file))
            if not stated and isinstance(value, dict) and any(is_boundless(value.get(key)) for key in LABEL_KEYS):
                yield Quarantined(path=str(file), line=number, reason="a label too large for a number")
            yield from stated


def _table(data: bytes, file: Path) -> Iterator[LabelEntry | Roster | Quarantined]:
    text = data.decode("utf-8", "replace")
    first = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first else ";" if ";" in first else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Quarantined(path=str(file), line=rows.line_num, reason=f"no row of a table: {error}")
            continue
        record = {str(key).strip().lower(): _number(value) for key, value in row.items() if isinstance(value, str)}
        if entry := _entry(record, file):
            yield entry
        else:
            yield Quarantined(path=str(file), line=rows.line_num, reason="no id or no label in this row")


def _number(cell: str) -> str | float:
    try:
        return float(cell) if not cell.strip().isdigit() or len(cell.strip()) < 2 else cell.strip()
    except ValueError:
        return cell.strip()


def _stated(value: object, file: Path) -> Iterator[LabelEntry | Roster]:
    """Yield the labels in a JSON value: a list of records, ids with a label each, one report, or lists of ids."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict) and (entry := _entry(item, file)):
                yield entry
    elif isinstance(value, dict):
        lists = list(_listed(value, file))
        if lists:
            yield from lists
        elif entry := _entry(value, file):
            yield entry
        elif (label := label_in(value)) is not None:
            yield LabelEntry(_name_of_report(file), _from(label, file), file)
        else:
            yield from _by_id(value, file)


def _entry(record: Record, file: Path) -> LabelEntry | None:
    key, label = first_string(record, *_ID_KEYS), label_in(record)
    if key is None or label is None:
        return None
    if label.score is None and (score := finite(record.get("score"))) is not None:
        label = replace(label, score=score)
    return LabelEntry(key, _from(label, file), file, _attempt(record))


def _attempt(record: Record) -> tuple[int, int] | None:
    """Return the number of the judged attempt (from 1) and the number of attempts; None if none is listed.

    Records of Aider's benchmark list every attempt; the judged attempt has the patch of the record.
    """
    attempts = objects(record.get("all_results"))
    patch = record.get("model_patch")
    same = [number for number, attempt in enumerate(attempts, 1) if attempt.get("model_patch") == patch]
    alike = [number for number in same if attempts[number - 1].get("cost") == record.get("cost")]
    chosen = (alike or same)[:1]
    return (chosen[0], len(attempts)) if chosen else None


def _by_id(record: Record, file: Path) -> Iterator[LabelEntry]:
    for key, value in record.items():
        label = label_in(value) if isinstance(value, dict) else label_of(value, key)
        if label is not None:
            yield LabelEntry(key, _from(label, file), file)


def _listed(record: Record, file: Path) -> Iterator[LabelEntry | Roster]:
    solved = next((ids for key in _SOLVED_LISTS if (ids := _ids(record.get(key))) is not None), None)
    if solved is None:
        return
    yield Roster(frozenset(solved), file)
    for key in solved:
        yield LabelEntry(key, Label(outcome="success", source=f"labels:{file.name}"), file)
    for name in _UNSOLVED_LISTS:
        for key in sorted(set(_ids(record.get(name)) or ()) - set(solved)):
            yield LabelEntry(key, Label(outcome="failure", source=f"labels:{file.name}"), file)


def _ids(value: object) -> list[str] | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(value)
    return None


def _from(label: Label, file: Path) -> Label:
    return replace(label, source=f"labels:{file.name}")


def _name_of_report(file: Path) -> str:
    """Return the name of the run that a report without an id is about.

    This is the name of the file, or of its folder if the file has a general name such as ``report``.
    """
    stem = file.name.split(".")[0] if file.name.split(".")[0] in _REPORT_NAMES else file.name
    return file.parent.name if stem in _REPORT_NAMES else stem.removesuffix(".json").removesuffix(".report")
