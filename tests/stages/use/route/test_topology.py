"""Nodes: parts of skills described without their texts, and the parts that these need."""

from pathlib import Path

from t2s_local.embedders.hashing import load
from t2s_local.skills.library.index.units import sub_units
from t2s_local.skills.source import read_source
from t2s_local.stages.use.route.nodes import rank_nodes
from t2s_local.stages.use.route.topology import Node, nodes_of
from t2s_local.values.routing.library_index import SubUnit
from tests.routed import write_skill

BODY = """\
Before all, run `make setup` (see [the rules](#gotchas)).

## Gotchas

1. **`make` fails with “no rule”** (R1: 3 runs)
   - Do: run `make clean`, as in R2.
2. **`make` hangs** (R2: 2 runs)
   - Do: stop the daemon, as [over there](../daemons/SKILL.md) says.
3. Never edit generated files.
"""


def parts(folder: Path) -> tuple[SubUnit, ...]:
    write_skill(folder, "building", "Building.", BODY)
    write_skill(folder, "daemons", "Daemons.", "- Stop them with `daemonctl stop`.")
    return tuple(unit for name in ("building", "daemons") for unit in sub_units(read_source(folder / name)))


def test_no_line_of_a_text_is_in_the_description_of_its_node(tmp_path: Path) -> None:
    units = parts(tmp_path)
    told = "\n".join(node.text for node in nodes_of(units))
    lines = [line.strip() for unit in units for line in unit.text.split("\n")]
    bare = [line.lstrip("-0123456789. ") for line in lines]
    assert [line for line in (*lines, *bare) if line in told] == []
    assert "`make` fails with “no rule”" in told
    assert "make clean" in told


def test_numbers_anchors_and_links_are_dependencies(tmp_path: Path) -> None:
    found = {node.place: node.dependencies for node in nodes_of(parts(tmp_path))}
    assert found == {
        "building#8": ("building#12",),
        "building#12": ("building#14",),
        "building#14": ("daemons#8",),
        "building#16": (),
        "daemons#8": (),
    }


def test_seven_of_nine_are_chosen_and_what_they_need_comes_on_top() -> None:
    nodes = [
        Node(
            place=f"skill#{n}",
            skill="skill",
            title=f"kettle {n}",
            keywords=("kettle",),
            summary="rule",
            dependencies=("skill#10",) if n == 1 else (),
            units=(n,),
        )
        for n in range(1, 10)
    ]
    needed = Node(place="skill#10", skill="skill", title="…", keywords=(), summary="", units=(10,))
    found = rank_nodes([*nodes, needed], "boil the kettle", load(None), most=7, among={"skill"})
    assert [node.required_by for node in found] == [None] * 7 + ["skill#1"]
    assert found[-1].place == "skill#10"
    assert found[-1].score is None
