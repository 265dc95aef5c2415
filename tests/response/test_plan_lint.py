"""What is wrong with a plan is found before it is needed, and told in both languages."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from liandong.contracts import ConfigurationError
from liandong.response.plan_file import Plan, plan_schema
from liandong.response.plan_library import Library, Region, plan_files, samples
from liandong.response.plan_lint import PlanFinding, lint_files, lint_plan, sound
from response.plan_parts import FIRE, a_plan, plan_document

REGION = Region.model_validate(
    {
        "region": "lz",
        "kinds": ["fire", "police", "centre", "warning"],
        "areas": {"cn.99": {"en": "Linzhou", "zh": "临洲"}},
        "neighbours": ["hj"],
    }
)
Document = dict[str, Any]


def rules(document: Document) -> list[str]:
    """Return which rules a plan breaks."""
    return sorted({one.rule for one in lint_plan(Plan.model_validate(document), REGION)})


def test_a_sound_plan_is_left_alone() -> None:
    """No rule is broken by the small plan of these tests."""
    assert rules(plan_document()) == []


def order(document: Document, **fields: Any) -> None:
    """Change the first order."""
    document["orders"][0] |= fields


def group(document: Document, name: str, **fields: Any) -> None:
    """Change the first entry of a table."""
    document[name][0] |= fields


@pytest.mark.parametrize(
    ("rule", "spoil"),
    [
        ("unknown-kind", lambda d: group(d, "alerts", to="lz/wraning/centre")),
        ("unknown-region", lambda d: group(d, "aid", regions=["xx"])),
        ("unknown-region", lambda d: group(d, "deciders", agency="xx/centre/command")),
        ("unknown-area", lambda d: d["trigger"].update(areas=["cn.98"])),
        ("unknown-area", lambda d: group(d, "alerts", areas=["cn.99.77"])),
        ("no-deadline", lambda d: d["orders"][0].pop("accept")),
        ("nobody-next", lambda d: order(d, next_in_line=[])),
        ("asked-twice", lambda d: order(d, next_in_line=[{"agency": str(FIRE)}])),
        ("wrong-spans", lambda d: order(d, receipt="10m")),
        ("wrong-spans", lambda d: order(d, complete="4m")),
        ("no-contact", lambda d: d["agencies"][0].pop("contact")),
        ("no-contact", lambda d: d["posts"][0].pop("contact")),
        ("two-leads", lambda d: d["agencies"][1].update(part="lead")),
        ("no-lead", lambda d: group(d, "agencies", part="support")),
        ("no-lead", lambda d: group(d, "agencies", grades=["I", "II"])),
        ("agency-twice", lambda d: d["agencies"].append(d["agencies"][1])),
        ("not-called", lambda d: d["agencies"].pop(1)),
        ("no-decider", lambda d: group(d, "deciders", grades=["I", "II"])),
        ("no-orders", lambda d: order(d, grades=["I", "II", "III"])),
        ("grade-gap", lambda d: d["trigger"].update(grades=["I", "III", "IV"])),
        ("grade-gap", lambda d: order(d, grades=["I", "II", "IV"])),
        ("foreign-grade", lambda d: d["trigger"].update(grades=["I", "II"])),
        ("named-twice", lambda d: group(d, "reports", id="engines")),
        ("series", lambda d: group(d, "reports", number=2)),
        ("seat", lambda d: group(d, "posts", member_agencies=[str(FIRE)])),
        ("superior", lambda d: group(d, "posts", superior="general")),
        ("no-report", lambda d: d.update(reports=[])),
    ],
)
def test_what_is_wrong_is_found(rule: str, spoil: Callable[[Document], None]) -> None:
    """Each spoils the sound plan in one place."""
    document = deepcopy(plan_document())
    spoil(document)
    assert rule in rules(document)


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_text_in_one_language_only_is_found(tmp_path: Path) -> None:
    """The place is named, and the language that is missing."""
    text = (files()[0]).read_text("utf-8")
    name = 'name = { en = "Linzhou crowd safety plan", zh = "临洲市大规模人群聚集安全预案" }'
    path = write(tmp_path, "one.toml", text.replace(name, 'name = { en = "Linzhou" }'))
    (finding,) = lint_files([path])
    assert (finding.rule, finding.place) == ("missing-language", "name")
    assert finding.line("en") == "one.toml: name: the text is missing in Chinese [missing-language]"
    assert finding.line("zh") == "one.toml: name: 缺少中文文本 [missing-language]"


def test_what_is_no_plan_is_found(tmp_path: Path) -> None:
    """Neither a broken file nor a wrong field hides the other plans' faults."""
    broken = write(tmp_path, "a.toml", "plan_id = ")
    wrong = write(tmp_path, "b.toml", files()[0].read_text("utf-8").replace('"30s"', '"soon"'))
    found = {(one.file, one.rule) for one in lint_files([broken, wrong])}
    assert found == {("a.toml", "unreadable"), ("b.toml", "schema")}


def test_a_plan_that_another_always_comes_before_is_found(tmp_path: Path) -> None:
    """Same kind of emergency, same area, later name: nobody would ever be offered it."""
    text = files()[0].read_text("utf-8")
    first = write(tmp_path, "lz-crowd.toml", text)
    second = write(tmp_path, "lz-crowd-two.toml", text.replace('"lz-crowd"', '"lz-crowd-two"'))
    (finding,) = [one for one in lint_files([first, second]) if one.is_error]
    assert (finding.file, finding.rule) == ("lz-crowd-two.toml", "shadowed")
    assert finding.context == {"found": "lz-crowd"}


def test_a_plan_without_a_region_file_is_checked_as_far_as_can_be(tmp_path: Path) -> None:
    """What it names cannot be known then; that is said, and is no error."""
    path = write(tmp_path, "lz-crowd.toml", files()[0].read_text("utf-8"))
    assert [(one.rule, one.is_error) for one in lint_files([path])] == [("no-region", False)]


def files() -> list[Path]:
    """Return the sample plans."""
    root = Path(__file__).resolve().parents[2] / "bus/liandong/response/samples/plans"
    return list(plan_files(root))


def test_the_sample_plans_are_sound_for_each_category_and_grade() -> None:
    """Four categories, grades I to IV each, made up and saying so."""
    assert lint_files(files()) == []
    plans = samples().plans.values()
    assert {plan.trigger.category for plan in plans} == {
        "natural_disaster",
        "accident",
        "public_health",
        "social_security",
    }
    assert all(set(plan.trigger.grades) == {"I", "II", "III", "IV"} for plan in plans)
    assert all(plan.note and "Made up" in plan.note.en for plan in plans)


def test_an_unsound_plan_is_not_used() -> None:
    """A desk or a command refuses it, and says everything that is wrong."""
    bad = a_plan(orders=[])
    with pytest.raises(ConfigurationError, match="nothing is ordered at grade I"):
        sound(Library.of([bad], REGION))


def test_every_rule_has_words_in_both_languages() -> None:
    """Also those that are seldom seen."""
    texts = {f"{name}": "x" for name in ("found", "grade", "stage", "number", "language")}
    finding = PlanFinding("f.toml", "", "two-leads", texts)
    assert "x" in finding.line("en")
    assert "牵头" in finding.line("zh")


def test_the_schema_describes_a_plan_for_other_tools() -> None:
    """Every field stands in it with its meaning."""
    schema = plan_schema()
    assert schema["properties"]["plan_id"]["description"].startswith("A plan's name")
    assert schema["additionalProperties"] is False
