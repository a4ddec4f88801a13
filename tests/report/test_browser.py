"""The page in a real browser: it opens, it can be searched, it needs no script, and nothing in it acts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from t2s_local.report.html import html_of
from t2s_local.report.limits import LARGEST
from t2s_local.report.values import Page
from tests.commands import in_process
from tests.report.browser import AXE, Opened, chromium
from tests.report.hostile import hostile_runs
from tests.report.made import page_about

pytestmark = pytest.mark.slow
ENTRIES = ".entry"
_TYPED = 400
"""Milliseconds after which the page has answered what was typed."""
_OPENS = 2000
"""Milliseconds in which the largest page opens; 500 were measured."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def page(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Page:
    folder = tmp_path_factory.mktemp("page")
    done = in_process("demo", "-o", folder / "skills", "--workspace", folder / "ws", "-q")
    assert done.code == 0, done.err
    return page_about(folder / "ws")


@pytest.fixture(scope="module")
def file(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("file") / "page.html"
    file.write_text(html_of(page), "utf-8")
    return file


@pytest.fixture
def opened(browser: Any, file: Path) -> Iterator[Opened]:  # noqa: ANN401 - Playwright's own type
    found = Opened(browser, file)
    yield found
    found.close()


def test_it_opens_without_a_network_and_without_a_word(opened: Opened, file: Path, page: Page) -> None:
    assert opened.said == []
    assert opened.asked == [file.as_uri()]
    assert opened.page.locator("h1").inner_text() == f"{page.read.n_runs} recorded runs, {len(page.skills)} skills"
    assert opened.visible("#filter") == 1


def test_every_rule_opens_and_shows_its_quotes(opened: Opened, page: Page) -> None:
    for rule in (rule for skill in page.skills for rule in skill.rules):
        entry = opened.page.locator(f"#{rule.anchor}")
        entry.locator("summary").first.click()
        entry.evaluate("one => one.querySelectorAll('details').forEach(inner => { inner.open = true; })")
        says = entry.evaluate("one => one.innerText")
        for item in rule.recordings:
            assert all(line in says for quote in item.quotes for line in quote.split("\n") if line.strip())


def test_words_project_and_kind_narrow_what_is_shown(opened: Opened, page: Page) -> None:
    n_all = opened.visible(ENTRIES)
    assert n_all == sum(len(skill.rules) for skill in page.skills) + len(page.candidates)
    opened.page.fill("#words", "git PUSH")
    opened.page.wait_for_timeout(_TYPED)
    n_found = opened.visible(ENTRIES)
    assert 0 < n_found < n_all
    assert opened.page.inner_text("#matches") == f"{n_found} of {n_all}"
    opened.page.select_option("#of-kind", "correction")
    opened.page.wait_for_timeout(_TYPED)
    assert opened.visible(ENTRIES) < n_found
    opened.page.click("button[type=reset]")
    opened.page.wait_for_timeout(_TYPED)
    assert opened.visible(ENTRIES) == n_all


def test_a_circle_of_the_map_says_its_lesson_and_opens_it(opened: Opened) -> None:
    circle = opened.page.locator(".dots a").first
    circle.hover()
    says = circle.get_attribute("aria-label")
    assert says
    assert says in opened.page.inner_text("#map-says")
    target = circle.get_attribute("href")
    circle.click()
    opened.page.locator(f"{target}[open]").wait_for(state="attached", timeout=10_000)  # the page hears of it later


def test_it_is_used_by_keyboard_alone(opened: Opened) -> None:
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.className") == "skip"
    opened.page.keyboard.press("Enter")
    for _ in range(3):
        opened.page.keyboard.press("Tab")
        if opened.page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    opened.page.keyboard.press("Enter")
    assert opened.page.locator(".rule[open]").count() == 1


@pytest.mark.parametrize("width", [320, 400, 900, 1500])
def test_it_fits_every_screen(width: int, browser: Any, file: Path) -> None:  # noqa: ANN401 - Playwright's own type
    found = Opened(browser, file, viewport={"width": width, "height": 800})
    found.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    found.close()


def test_it_is_whole_without_script(browser: Any, file: Path, page: Page) -> None:  # noqa: ANN401 - Playwright's own type
    found = Opened(browser, file, java_script_enabled=False)
    assert found.visible("#filter") == 0
    first = page.skills[0].rules[0]
    found.page.locator(f"#{first.anchor} > summary").click()
    assert found.page.locator(f"#{first.anchor} .recording").first.is_visible()
    found.page.locator("#map a").first.click()
    found.close()


def test_it_is_printed_with_everything_open(browser: Any, file: Path) -> None:  # noqa: ANN401 - Playwright's own type
    found = Opened(browser, file)
    closed = len(found.page.pdf())
    found.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert closed > len(found.page.pdf()) * 0.9
    found.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme: str, browser: Any, file: Path) -> None:  # noqa: ANN401 - Playwright's own type
    if not AXE.is_file():
        pytest.skip("no axe-core on this machine (scripts/get-browser gets it)")
    found = Opened(browser, file, color_scheme=scheme, bypass_csp=True)
    found.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    # all of it is laid out and nothing lies over it, so that axe sees the colours that a reader sees
    found.page.add_style_tag(
        content=".entry { content-visibility: visible !important } nav { position: static !important }"
    )
    found.page.evaluate(AXE.read_text("utf-8"))
    violations = found.page.evaluate(
        "axe.run().then(result => result.violations.map(one => [one.impact, one.id, one.nodes[0].failureSummary]))"
    )
    assert [one for one in violations if one[0] in {"serious", "critical"}] == []
    found.close()


def test_a_page_as_large_as_one_can_be_opens_and_scrolls_at_once(
    browser: Any,  # noqa: ANN401 - Playwright's own type
    page: Page,
    tmp_path: Path,
) -> None:
    whole, without = len(html_of(page)), len(html_of(msgspec.structs.replace(page, candidates=())))
    more = [
        msgspec.structs.replace(item, anchor=f"{item.anchor}-{copy}", nearest_anchor=None)
        for copy in range(int((LARGEST * 0.9 - whole) / (whole - without)))
        for item in page.candidates
    ]
    file = tmp_path / "large.html"
    source = html_of(msgspec.structs.replace(page, candidates=(*page.candidates, *more)))
    assert LARGEST / 2 < len(source) < LARGEST
    file.write_text(source, "utf-8")
    found = Opened(browser, file)
    took = found.page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert took < _OPENS
    found.page.keyboard.press("End")
    found.page.wait_for_timeout(_TYPED)
    assert found.page.locator("footer").is_visible()
    found.page.fill("#words", "no such words anywhere")
    found.page.locator("#matches:not(:empty)").wait_for(timeout=_OPENS)
    assert found.visible(ENTRIES) == 0
    found.close()


def test_hostile_recordings_do_not_act(browser: Any, tmp_path: Path) -> None:  # noqa: ANN401 - Playwright's own type
    runs = hostile_runs(tmp_path / "runs")
    words = ("distill", runs, "-o", tmp_path / "out", "--workspace", tmp_path / "ws", "--model", "none", "-q")
    assert in_process(*words).code == 0
    file = tmp_path / "page.html"
    file.write_text(html_of(page_about(tmp_path / "ws")), "utf-8")
    found = Opened(browser, file)
    found.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found.page.mouse.move(600, 400)
    found.page.wait_for_timeout(200)
    assert found.page.evaluate("window.hacked") is None
    assert found.page.evaluate("document.scripts.length") == 1
    assert found.said == []
    assert found.asked == [file.as_uri()]
    assert found.page.url == file.as_uri()
    found.close()
