"""The page about the samples: what it says is what the run came to, and nothing of it is lost."""

import base64
import hashlib
import html
import re
from pathlib import Path

import msgspec
import pytest

from t2s_local.report.facts import Facts
from t2s_local.report.html import html_of
from t2s_local.report.limits import BY_SIZE, LARGEST, TIGHTEST, WIDE
from t2s_local.report.page import page_of
from t2s_local.report.report import report
from t2s_local.report.values import Page
from t2s_local.runs.finished.heads import n_candidates
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.reviewing.reviewing import place_of_run
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.workspace import read_workspace
from tests.commands import in_process
from tests.report.made import facts_of, page_about, text_of_page


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    done = in_process("demo", "-o", folder / "skills", "--workspace", folder / "ws", "-q")
    assert done.code == 0, done.err
    return folder / "ws"


@pytest.fixture(scope="module")
def facts(workspace: Path) -> Facts:
    return facts_of(workspace)


@pytest.fixture(scope="module")
def page(facts: Facts) -> Page:
    return page_of(facts, WIDE)


@pytest.fixture(scope="module")
def source(page: Page) -> str:
    return html_of(page)


def test_it_counts_what_was_read_as_the_run_does(page: Page, facts: Facts) -> None:
    counts = facts.result.funnel.counts
    assert page.read.n_files == counts["files"]
    assert page.read.n_runs == sum(n for _, n in page.read.outcomes) == len(facts.outlines)
    assert dict(page.read.formats) == {"claude_code": 23, "mini_swe_agent": 24, "openai_chat": 39}
    assert (page.read.first_day, page.read.last_day) == ("2025-03-03", "2025-04-30")
    assert {stage.name: stage.count for stage in page.stages}["skills"] == counts["skills"]
    lost = sum(loss.count for stage in page.stages for loss in stage.losses if "no lesson rests on" not in words(loss))
    assert lost == sum(loss.count for loss in facts.result.funnel.losses)


def words(loss: object) -> str:
    return str(msgspec.to_builtins(loss))


def test_every_rule_of_every_skill_is_there_in_its_own_words(page: Page, facts: Facts) -> None:
    rules = {rule.id: rule for skill in page.skills for rule in skill.rules}
    assert set(rules) == {one for skill in facts.result.skills for one in skill.cluster_ids}
    for skill in page.skills:
        assert skill.n_rules == len(skill.rules)
        assert skill.description and skill.best
        assert {rule.name for rule in skill.rules} == {f"{skill.name}#R{n}" for n in range(1, skill.n_rules + 1)}
        sections = [rule.section for rule in skill.rules]
        assert sections == sorted(sections, key=sections.index)
    clusters = {item.id: item for item in facts.result.clusters}
    for rule in rules.values():
        assert rule.support == clusters[rule.id].support  # type: ignore[index]  # ids of clusters
        assert rule.section in {"Steps", "Gotchas", "Avoid", "Never"}
        assert sum(n for _, n in rule.outcomes) == rule.support
        dated = sum(map(sum, (rule.trend.success, rule.trend.failure, rule.trend.unknown)))
        assert dated + rule.trend.n_undated == rule.support
        assert len(rule.recordings) + rule.n_recordings_cut == rule.support


def test_every_quote_stands_word_for_word_in_its_recording_and_on_the_page(
    page: Page, source: str, workspace: Path
) -> None:
    says = text_of_page(source)
    with read_workspace(workspace) as store:
        for rule in (rule for skill in page.skills for rule in skill.rules):
            assert rule.recordings
            for item in rule.recordings:
                assert item.quotes
                stored = store.trajectory(TrajectoryId(item.id))
                assert stored is not None
                for quote in item.quotes:
                    assert any(quote in step.text for step in stored.steps)
                    assert quote in says


def test_what_failed_stands_beside_what_worked_with_the_difference_marked(page: Page) -> None:
    pairs = [item for skill in page.skills for rule in skill.rules for item in rule.recordings if item.message]
    assert pairs
    marked = [item for item in pairs if any(span.kind == "new" for span in item.working)]
    assert len(marked) >= len(pairs) / 3
    assert all("".join(span.text for span in item.failing) for item in marked)


def test_every_candidate_is_shown_or_counted_with_what_it_lacks(page: Page, facts: Facts) -> None:
    assert page.n_candidates == n_candidates(facts.result) == len(page.candidates)
    assert all(item.lacks and item.quotes for item in page.candidates)
    few = page_of(facts, msgspec.structs.replace(WIDE, candidates=3))
    assert (len(few.candidates), few.n_candidates_cut) == (3, page.n_candidates - 3)
    assert few.candidates == tuple(
        msgspec.structs.replace(item, nearest_anchor=near.nearest_anchor)
        for item, near in zip(page.candidates[:3], few.candidates, strict=True)
    )


def test_less_detail_makes_a_smaller_page_that_still_has_every_rule(facts: Facts, page: Page, source: str) -> None:
    least = page_of(facts, TIGHTEST)
    assert len(html_of(least)) < len(source) < LARGEST
    assert [skill.name for skill in least.skills] == [skill.name for skill in page.skills]
    assert [len(skill.rules) for skill in least.skills] == [len(skill.rules) for skill in page.skills]
    assert all(rule.recordings for skill in least.skills for rule in skill.rules)


def test_links_lead_to_something_on_the_page_and_ids_are_there_once(source: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', source)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="([^"]*)"', source)
    assert links
    assert {link for link in links if not link.startswith("#")} == set()
    assert {link[1:] for link in links} <= set(ids)


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else(source: str) -> None:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', source)
    assert found is not None
    policy = html.unescape(found[1])
    (style,), (script,) = (
        re.findall(r"<style>(.*?)</style>", source, re.DOTALL),
        re.findall(r"<script>(.*?)</script>", source, re.DOTALL),
    )
    assert policy == (
        f"default-src 'none'; style-src {source_of(style)}; script-src {source_of(script)}; base-uri 'none'; "
        "form-action 'none'"
    )
    assert not re.search(r"\s(?:src|srcset|style|on\w+|action|data|xlink:href)=", source.partition("<body>")[2])


def source_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_same_run_gives_the_same_bytes(page: Page, source: str, workspace: Path) -> None:
    again = page_about(workspace)
    assert again == page
    assert html_of(again) == source


def test_every_skill_of_use_has_its_name_on_the_map(page: Page) -> None:
    assert page.map is not None
    assert {label.text for label in page.map.labels} <= {skill.name for skill in page.skills}
    assert len(page.map.labels) >= 3
    assert len(page.map.dots) + page.map.n_cut == page.n_rules + page.n_candidates
    assert {dot.anchor for dot in page.map.dots} == {
        *(rule.anchor for skill in page.skills for rule in skill.rules),
        *(item.anchor for item in page.candidates),
    }


def test_a_page_that_would_be_too_large_has_less_of_each_thing_and_counts_it(workspace: Path, source: str) -> None:
    with read_workspace(workspace) as store:
        place = place_of_run(store, None)

        def made(largest: int) -> str:
            return report(store, place, embedder="static", load=load_embedder, largest=largest).decode()

        pages = [made(LARGEST)]
        for _ in BY_SIZE[1:]:
            pages.append(made(len(pages[-1].encode()) - 1))
        least = made(1)
    sizes = [len(page) for page in pages]
    assert sizes == sorted(set(sizes), reverse=True)
    assert (pages[0], pages[-1]) == (source, least)
    assert least.count('class="rule entry"') == source.count('class="rule entry"')
    assert 'class="recording"' not in least
    assert re.search(r"\d+ more recordings", least)
    assert re.search(r"18 more candidates", least)
