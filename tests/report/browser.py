"""A real browser for tests: Debian's chromium, driven by Playwright, with the network off."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.places import ROOT

AXE = ROOT / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the browser; the test is skipped where Playwright or the browser is absent."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright (pip install '.[dev]')")
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no chromium on this machine (scripts/get-browser gets it)")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            browser.close()


class Opened:
    """A page that is open, and everything it said, asked for or tried."""

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:  # noqa: ANN401 - Playwright's own types
        """Open *file* in a context of its own, with no network."""
        settings = {"viewport": {"width": 1200, "height": 900}, "offline": True, **options}
        self.context = browser.new_context(**settings)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._refuse)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())

    def _refuse(self, dialog: Any) -> None:  # noqa: ANN401 - Playwright's own type
        self.said.append(dialog.message)
        dialog.dismiss()

    def visible(self, selector: str) -> int:
        """Count the elements that can be seen."""
        seen = "all => all.filter(one => one.checkVisibility()).length"
        return int(self.page.eval_on_selector_all(selector, seen))

    def close(self) -> None:
        """Close the page."""
        self.context.close()
