"""The page as a function of what was collected: every value of a small page, computed from values made by hand."""

import msgspec
import numpy as np

from t2s_local.report.facts import Facts, RuleGround
from t2s_local.report.html import html_of
from t2s_local.report.limits import WIDE
from t2s_local.report.page import page_of
from t2s_local.report.spans import difference, text_of, ticked, with_quotes
from t2s_local.report.values import Page, Span
from t2s_local.runs.finished.candidates import CandidateRule
from t2s_local.runs.finished.heads import Head
from t2s_local.runs.finished.why import Recording, StepLine
from t2s_local.runs.result import RunResult
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.funnel import Funnel, Loss
from t2s_local.values.lesson import Effect, Lesson, Quote
from t2s_local.values.skill import Skill, SkillFile
from t2s_local.values.trajectory import Label, TrajectoryId
from tests.build import lesson

RUN = TrajectoryId("run-1")
SKILL = """\
---
name: using-tar
---
# Using tar

## Steps

1. **`tar` fails with “no archive”** (R1: 2 runs)
   - Do: Run `tar xzf`.
"""
BODY = "tar xf /home/maria/a.tgz"


def quote(step: int, role: str, text: str) -> Quote:
    return Quote(trajectory_id=RUN, step=step, role=role, text=text)  # type: ignore[arg-type]  # one of the roles


def learned() -> tuple[Lesson, Lesson, Lesson]:
    evidence = (quote(1, "action", BODY), quote(2, "observation", "no archive"), quote(3, "fix", f"{BODY} -z"))
    effect = Effect(support=0.8, placebo=0.1, n_runs=2, is_known=False)
    first = lesson("`tar` fails with “no archive”", "Run `tar xzf`.", runs=("run-1", "run-2"), evidence=evidence)
    ordered = lesson("before you book a seat", "Check the seats of the flight.", polarity="success", runs=("run-2",))
    other = lesson(
        "before you book a seat", "Do not check the seats of the flight.", polarity="success", runs=("run-3",)
    )
    return msgspec.structs.replace(first, effect=effect), ordered, other


def step(index: int, kind: str, text: str) -> StepLine:
    return StepLine(index=index, kind=kind, tool="bash", text=text, line=index + 1, at=None)


def facts() -> Facts:
    first, ordered, other = learned()
    steps = (step(1, "tool_call", BODY), step(2, "tool_result", "tar: no archive"), step(3, "tool_call", f"{BODY} -z"))
    seen = Recording(
        id=RUN,
        source="/home/maria/runs/a.jsonl",
        project="acme/shop",
        started_at="2026-03-01T10:00:00Z",
        task="Unpack it",
        verbs=None,
        outcome="success",
        quotes=first.evidence,
        steps=steps,
    )
    head = Head("c1", (first.id,), 2, 2, (), "using-tar", 1)
    loose = [
        Head(item.id, (item.id,), None, None, ("another run that agrees",), None, None) for item in (ordered, other)
    ]
    cluster = Cluster(id=ClusterId("c1"), lesson_ids=(first.id,), cohesion=1.0, support=2, task_support=2)
    made = Skill(
        name="using-tar",
        description="Using tar.",
        files=(SkillFile(path="SKILL.md", text=SKILL),),
        lesson_ids=(first.id,),
        cluster_ids=(cluster.id,),
        support=2,
    )
    losses = (
        Loss(stage="read", reason="file without a trajectory", count=1),
        Loss(
            stage="screen",
            reason="aside",
            count=2,
            trajectory_ids=(TrajectoryId("run-1"), TrajectoryId("set-aside")),
            n_unnamed=3,
        ),
    )
    result = RunResult(
        skills=(made,),
        names={},
        funnel=Funnel(counts={"files": 3, "trajectories": 3, "lessons": 3, "skills": 1}, losses=losses),
        report=Report(n_files=3, unrecognised=(Unrecognised(path="notes.txt", seen="prose"),)),
        analyst="mined",
        writer="template",
        embedder="static",
        algorithm="auto",
        device="cpu",
        clusters=(cluster,),
    )
    return Facts(
        run="r" * 16,
        is_newest=False,
        result=result,
        outlines=(
            outline("run-1", "success", "2026-03-01", "acme/shop"),
            outline("run-2", "failure", "2026-03-09", "acme/shop"),
            outline("run-3", None, None, None),
        ),
        heads=(head, *loose),
        lessons={item.id: item for item in (first, ordered, other)},
        grounds={"c1": RuleGround(head=head, lessons=(first,), recordings=(seen,), decision=None)},
        candidates=tuple(candidate(item) for item in (ordered, other)),
        decided={},
        vectors=np.eye(3, 8, dtype=np.float32),
        library=None,
        graph=None,
        workspace="my ws",
    )


def outline(name: str, outcome: str | None, day: str | None, project: str | None) -> Outline:
    label = None if outcome is None else Label(outcome=outcome, source="file")  # type: ignore[arg-type]  # an outcome
    return Outline(id=TrajectoryId(name), source="a.jsonl", format="native", label=label, day=day, project=project)


def candidate(item: Lesson) -> CandidateRule:
    return CandidateRule(
        id=item.id,
        when=item.when,
        do=item.do,
        because=None,
        support=1,
        task_support=1,
        projects=(),
        lacks=("another run that agrees",),
        quotes=(),
        nearest=None,
    )


def page() -> Page:
    return page_of(facts(), WIDE)


def test_what_was_read_is_counted() -> None:
    read = page().read
    assert (read.n_files, read.n_runs, read.first_day, read.last_day) == (3, 3, "2026-03-01", "2026-03-09")
    assert read.outcomes == (("success", 1), ("failure", 1), ("unknown", 1))
    assert (read.projects, read.formats) == ((("acme/shop", 2),), (("native", 3),))


def test_a_rule_has_the_words_of_its_skill_and_all_that_is_known_of_it() -> None:
    (skill,) = page().skills
    (rule,) = skill.rules
    assert (rule.name, rule.section) == ("using-tar#R1", "Steps")
    assert text_of(rule.head) == "tar fails with “no archive”"
    assert [text_of(line) for line in rule.details] == ["Do: Run tar xzf."]
    assert rule.head[0] == Span(text="tar", kind="code")
    assert text_of(skill.best) == "tar fails with “no archive”. Do: Run tar xzf."
    assert (rule.level, rule.effect) == ("L2", "+0.80 nats a token, +0.10 for a placebo, on 2 runs")
    assert (rule.support, rule.outcomes, rule.projects) == (2, (("success", 1), ("failure", 1)), ("acme/shop",))
    assert (rule.trend.success[0], rule.trend.failure[-1], rule.trend.n_undated) == (1, 1, 0)
    assert rule.n_recordings_cut == 1


def test_a_recording_says_where_it_is_and_what_made_the_difference_without_the_name_of_a_home() -> None:
    (item,) = page().skills[0].rules[0].recordings
    assert (item.source, item.line, item.project, item.day) == ("~/runs/a.jsonl", 2, "acme/shop", "2026-03-01")
    assert item.message == "no archive"
    assert text_of(item.failing) == "tar xf ~/a.tgz"
    assert [span for span in item.working if span.kind == "new"] == [Span(text=" -z", kind="new")]
    assert [one.is_quoted for one in item.steps] == [True, True, True]
    assert item.steps[1].spans == (Span(text="tar: "), Span(text="no archive", kind="quote"))


def test_a_recording_that_is_gone_is_said_and_its_quotes_stay() -> None:
    known = facts()
    ground = known.grounds["c1"]
    gone = msgspec.structs.replace(ground.recordings[0], source=None, steps=(), task=None, started_at=None)
    found = page_of(
        msgspec.structs.replace(known, grounds={"c1": msgspec.structs.replace(ground, recordings=(gone,))}), WIDE
    )
    assert found.notices == ("1 recording behind rules of this page is no longer stored.",)
    source = html_of(found)
    assert "a recording that is no longer stored" in source
    assert "no archive" in source


def test_rules_that_order_opposite_things_are_put_side_by_side() -> None:
    (pair,) = page().opposed
    assert {text_of(pair.says), text_of(pair.other)} == {
        "before you book a seat: Check the seats of the flight.",
        "before you book a seat: Do not check the seats of the flight.",
    }


def test_what_was_left_out_stands_where_it_was_lost_and_by_name() -> None:
    stages = {stage.name: stage for stage in page().stages}
    assert list(stages) == ["files", "runs", "lessons", "skills"]
    (unread,) = stages["files"].losses
    assert [(item.name, item.note) for item in unread.items] == [("notes.txt", "prose")]
    (aside,) = stages["runs"].losses
    assert (aside.count, aside.n_runs, aside.n_items_cut) == (2, 5, 3)
    rows = {row.source: row.anchor for row in page().files}
    assert [(item.name, item.note, item.anchor) for item in aside.items] == [
        ("run-1", "a.jsonl", rows["a.jsonl"]),
        ("set-aside", "", None),
    ]


def test_a_run_that_was_left_out_leads_to_its_file_and_the_others_to_the_command_that_names_them() -> None:
    source = html_of(page())
    (row,) = (row for row in page().files if row.source == "a.jsonl")
    assert f'<code>run-1</code> <a href="#{row.anchor}">a.jsonl</a>' in source
    assert f'<tr id="{row.anchor}">' in source
    assert f"t2s runs show {'r' * 16} --left-out --workspace &#39;my ws&#39;" in source


def test_commands_name_the_run_and_the_workspace() -> None:
    source = html_of(page())
    assert f"t2s why using-tar#R1 --run {'r' * 16} --workspace &#39;my ws&#39;" in source
    assert "t2s show run-1 --workspace &#39;my ws&#39;" in source


def test_without_text_there_are_counts_and_names_alone() -> None:
    known = facts()
    bare = msgspec.structs.replace(
        known, result=known.result.without_text(), lessons={}, grounds={}, candidates=(), vectors=None, outlines=()
    )
    found = page_of(bare, WIDE)
    assert [(skill.name, skill.n_rules, skill.rules) for skill in found.skills] == [("using-tar", 1, ())]
    assert (found.map, found.timeline, found.read.n_runs) == (None, None, 3)
    assert "kept no text" in found.notices[0]
    assert "using-tar" in html_of(found)


def test_pieces_of_a_text_make_the_text() -> None:
    assert text_of(ticked("run `a b` or ``c ` d``, not `e")) == "run a b or c ` d, not `e"
    old, new = difference("pip install x", "python -m pip install x")
    assert (text_of(old), text_of(new)) == ("pip install x", "python -m pip install x")
    assert [span.kind for span in old] == ["plain"]
    far, away = difference("ls", "git push --force origin main")
    assert {span.kind for span in (*far, *away)} == {"plain"}


def test_of_a_long_step_the_part_around_its_quotes_is_shown_and_the_rest_counted() -> None:
    text = "a" * 5000 + "QUOTE" + "b" * 5000
    spans, n_cut = with_quotes(text, ["QUOTE"], around=10, longest=100)
    assert text_of(spans) == "…" + "a" * 10 + "QUOTE" + "b" * 10 + "…"
    assert n_cut == len(text) - 25
    spans, n_cut = with_quotes("no quote here", ["QUOTE"], around=4, longest=100)
    assert (text_of(spans), n_cut) == ("no quote", 5)


def test_a_quote_within_another_is_shown_once() -> None:
    spans, n_cut = with_quotes("one two three", ["two", "one two", "three"], around=50, longest=100)
    assert (text_of(spans), n_cut) == ("one two three", 0)
