"""``t2s doctor``: check this machine, and print the command that repairs each problem."""

import os
import platform
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click

from t2s_local.cli.options import all_settings, json_option, setting
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.prove import report_proof
from t2s_local.config import allowed_hosts
from t2s_local.engines.runnable import how_to_install, refuse_unfit
from t2s_local.engines.server import is_server, read_address
from t2s_local.engines.server import load as load_server
from t2s_local.errors import ModelError, T2SError
from t2s_local.runs.governing.drift import drift_of, own_library
from t2s_local.runs.models.tries import best_tried
from t2s_local.values.value import Value
from t2s_local.weights.catalog import InstalledModel, hugging_face_cache, installed, known
from t2s_local.weights.fit import Wishes, fit, say_plan
from t2s_local.weights.gguf import read_header
from t2s_local.weights.hardware import Machine, machine
from t2s_local.weights.pins import pins, state_of
from t2s_local.weights.probe import Build, build, is_installed

_REBUILD = "CMAKE_ARGS='-DGGML_CUDA=on' pip install --force-reinstall --no-cache-dir --no-binary :all: --no-deps {}"
_LITTLE_DISK = 5 * 10**9
_SMOKE_TOKENS = 8
_SHORT_DIGEST = 12
_USUAL = "qwen3-4b"
"""Model to suggest if none is installed: it answers quickly and runs on most machines."""
_SMALL = "qwen2.5-coder-1.5b"
"""Model to suggest if the usual model does not fit, as on a laptop with 4 GB."""
_BESIDE_WEIGHTS = 2 * 10**9
"""Bytes of memory that a model of the usual size needs in addition to its weights, with one long sequence."""


CheckState = Literal["ok", "note", "bad"]


class MachineCheck(Value, frozen=True, kw_only=True):
    """Result of one check of the machine."""

    name: str
    state: CheckState
    found: str
    fix: str | None = None
    """Command or action that repairs the problem; None if there is none."""


@click.command()
@setting("workspace")
@click.option("--smoke/--no-smoke", default=True, show_default=True, help="Let the smallest model say 8 tokens.")
@click.option("--prove-offline", is_flag=True, help="Run the main job watched from outside: no network call is made.")
@json_option
def doctor(*, workspace: str, smoke: bool, prove_offline: bool, as_json: bool) -> None:
    """Check what this machine has, and say what is missing.

    Exits with 5 where a part that is installed does not work. Without the part that runs models, t2s works without one.
    """
    if prove_offline:
        sys.exit(report_proof(as_json=as_json))
    here = machine()
    found = [*_base(), *_hardware(here, build()), *_disk(), *_models(here, smoke=smoke)]
    checks = [
        *found,
        *_server(str(all_settings()["model"][0])),
        _workspace(Path(workspace)),
        *_library(Path(workspace)),
    ]
    if as_json:
        print_json({"checks": checks, "ok": not any(check.state == "bad" for check in checks)})
    else:
        print_table(("", "what", "found"), [(check.state, check.name, check.found) for check in checks])
        for check in checks:
            if check.fix is not None:
                say(f"{check.name}: {check.fix}")
    if any(check.state == "bad" for check in checks):
        sys.exit(ModelError.exit_code)


def _base() -> Iterator[MachineCheck]:
    yield MachineCheck(name="Python", state="ok", found=f"{platform.python_version()} at {sys.executable}")


def _hardware(here: Machine, found: Build | None) -> Iterator[MachineCheck]:
    gigabytes = f"{here.ram_free_bytes / 1e9:.1f} of {here.ram_total_bytes / 1e9:.1f} GB free"
    yield MachineCheck(name="RAM", state="ok", found=gigabytes)
    yield MachineCheck(name="processor", state="ok", found=f"{here.threads} cores")
    if not is_installed():
        without = "not installed; t2s works without a model"
        yield MachineCheck(name="llama.cpp", state="note", found=without, fix=how_to_install())
        return
    if found is None:
        fix = "pip install --force-reinstall llama-cpp-python  # builds it: a C++ compiler is needed"
        yield MachineCheck(name="llama.cpp", state="bad", found="cannot be loaded", fix=fix)
        return
    place = " + ".join(("CPU", *here.backends))
    yield MachineCheck(name="llama.cpp", state="ok", found=f"{found.version} for {place}: {' '.join(found.features)}")
    for gpu in here.gpus:
        memory = f"{gpu.free_bytes / 1e9:.1f} of {gpu.total_bytes / 1e9:.1f} GB free"
        rebuild = None if found.can_offload else _REBUILD.format(f"llama-cpp-python=={found.version}")
        state: CheckState = "note" if rebuild else "ok"
        yield MachineCheck(name=f"GPU {gpu.number}", state=state, found=f"{gpu.name}, {memory}", fix=rebuild)
    if not here.gpus:
        yield MachineCheck(name="GPU", state="note", found="none seen; models run on the CPU")


def _disk() -> Iterator[MachineCheck]:
    folder = hugging_face_cache()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    fix = "Free some space before pulling a model." if free < _LITTLE_DISK else None
    found = f"{free / 1e9:.1f} GB free at {folder}"
    yield MachineCheck(name="disk", state="note" if fix else "ok", found=found, fix=fix)


def _models(here: Machine, *, smoke: bool) -> Iterator[MachineCheck]:
    models = installed()
    if not models:
        fix = f"t2s models pull {worth_pulling(here.ram_free_bytes)}"
        yield MachineCheck(name="models", state="note", found="none on this machine; t2s works without one", fix=fix)
        return
    usable = []
    for model in models:
        check = _one_model(model, here)
        usable += [model] if check.state == "ok" else []
        yield check
    if usable:
        yield _best(tuple(usable))
    if smoke and usable:
        yield _smoke(usable[-1])


def _server(model: str) -> Iterator[MachineCheck]:
    """Check the model server that the settings name; nothing is yielded if they name none."""
    if not is_server(model):
        return
    try:
        engine = load_server(read_address(model, allowed=allowed_hosts()))
    except T2SError as error:
        yield MachineCheck(name="server", state="bad", found=str(error), fix=error.hint)
        return
    yield MachineCheck(name="server", state="ok", found=" ".join(engine.about()))


def _best(models: tuple[InstalledModel, ...]) -> MachineCheck:
    """Return a check that names the best of *models* by their answers to the sample questions."""
    best = best_tried(models)
    if best is None:
        fix = f"t2s models try {shlex.quote(models[0].name)}"
        return MachineCheck(name="best model", state="note", found="none was tried yet", fix=fix)
    model, tried = best
    found = f"{model.name}: {tried.right} of {tried.asked} answers were true, in {tried.seconds:g} s"
    return MachineCheck(name="best model", state="ok", found=found)


def worth_pulling(free_bytes: int) -> str:
    """Return the alias of the model to download first: the usual model, or a small model if the usual does not fit."""
    return _USUAL if known(_USUAL).bytes + _BESIDE_WEIGHTS <= free_bytes else _SMALL


def _one_model(model: InstalledModel, here: Machine) -> MachineCheck:
    try:
        refuse_unfit(model.path)
        line = say_plan(fit(read_header(model.path), here, Wishes()))
        pin, state = pins().get(str(model.path)), state_of(model.path)
    except T2SError as error:
        return MachineCheck(name=model.name, state="note", found=str(error), fix=error.hint)
    fix = f"t2s models rm {model.name} && t2s models pull {model.name}" if state == "changed" else None
    hashed = "" if pin is None else f", sha256 {pin.sha256[:_SHORT_DIGEST]}…"
    return MachineCheck(name=model.name, state="note" if fix else "ok", found=f"{state}{hashed} · {line}", fix=fix)


def _smoke(model: InstalledModel) -> MachineCheck:
    from t2s_local.engines.llamacpp import load
    from t2s_local.ports.engine import Request

    request = Request(id="smoke", prefix="", prompt="Say something.", max_tokens=_SMOKE_TOKENS)
    name = f"smoke run of {model.name}"
    try:
        engine = load(model.path, wishes=Wishes(context=512, sequences=1), weights_digest="")
    except ModelError as error:
        return MachineCheck(name=name, state="bad", found=str(error), fix=error.hint)
    started = time.perf_counter()
    try:
        answer = next(engine.complete([request]))
    except ModelError as error:
        return MachineCheck(name=name, state="bad", found=str(error), fix=error.hint)
    finally:
        engine.close()
    rate = answer.generated_tokens / (time.perf_counter() - started)
    return MachineCheck(
        name=name, state="ok", found=f"{answer.generated_tokens} tokens, {rate:.1f} tok/s with the prompt"
    )


def _library(workspace: Path) -> Iterator[MachineCheck]:
    """Check the library that this workspace wrote last for drift; nothing is yielded if there is no such library."""
    library = own_library(workspace)
    if library is None:
        return
    try:
        found = drift_of(library, embedder=str(all_settings()["embedder"][0]))
    except T2SError as error:
        yield MachineCheck(name="library", state="note", found=str(error), fix=error.hint)
        return
    flags = ", ".join(flag.name for flag in found.flags)
    said = f"{library}: {found.n_active} active skills, {flags or 'no drift'}"
    fix = f"t2s diagnose drift {shlex.quote(str(library))}" if flags else None
    yield MachineCheck(name="library", state="note" if flags else "ok", found=said, fix=fix)


def _workspace(folder: Path) -> MachineCheck:
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        return MachineCheck(
            name="workspace", state="bad", found=f"{folder} cannot be written", fix=f"chmod u+rwx {place}"
        )
    mode = place.stat().st_mode & 0o077 if place == folder.absolute() else 0
    fix = f"chmod 700 {folder}" if mode else None
    return MachineCheck(name="workspace", state="note" if fix else "ok", found=str(folder.absolute()), fix=fix)
