import re
import tomllib
from dataclasses import replace

import pytest

from fracture.presenting.report.checklists import CLAIM, TRIPOD, Items
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.render import TEMPLATES, card
from fracture.presenting.report.sources import cited
from tests.conftest import ROOT
from tests.presenting.report.audits import make_audit
from tests.presenting.report.examples import part

UNKNOWN = "not available from this run"
ANSWERS = set(
    re.findall(r"macro ([a-z]\w*)\(\)", (TEMPLATES / "answers.md").read_text(encoding="utf-8"))
)


@pytest.fixture
def markdown(findings: Findings) -> str:
    return card(findings)


def test_the_sections_are_those_of_mitchell(markdown: str) -> None:
    assert re.findall(r"^## (.+)$", markdown, re.MULTILINE) == [
        "Model details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data",
        "Quantitative analyses", "Ethical considerations", "Caveats and recommendations",
        "Checklist: CLAIM 2024", "Checklist: TRIPOD+AI",
    ]  # fmt: skip
    assert markdown.startswith("# Model card: best, data set synthetic\n\n> **Synthetic: ")
    assert "**Not for clinical use: " in markdown


def test_it_says_who_made_what(markdown: str) -> None:
    said = " ".join(markdown.split())
    assert "Developers: The contributors and Ada Byron. Version, licence: that of Fracture" in said
    assert "Fracture classification 1.2.3, Apache-2.0. Contact: " in said


def test_the_citation_file_says_what_the_project_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    software = cited((ROOT / "CITATION.cff").read_text())
    assert (software.version, software.licence) == (project["version"], project["license"])


def test_the_checklists_are_whole() -> None:
    assert list(CLAIM) == [str(n) for n in range(1, 45)]
    main = [int(re.sub(r"[a-g]", "", item)) for item in TRIPOD]
    assert main == sorted(main)
    assert set(main) == set(range(1, 28))
    assert len(TRIPOD) == 52


@pytest.mark.parametrize("items", [CLAIM, TRIPOD])
def test_every_answer_exists(items: Items) -> None:
    assert {key for _, key in items.values() if key} <= ANSWERS


def test_no_answer_is_idle() -> None:
    asked = {key for items in (CLAIM, TRIPOD) for _, key in items.values()}
    assert asked >= ANSWERS


def items_of(markdown: str) -> dict[str, str]:
    pattern = r"^\| ((?:CLAIM 2024|TRIPOD\+AI) \w+) \| .+? \| (.+) \|$"
    return dict(re.findall(pattern, markdown, re.MULTILINE))


def test_fairness_is_the_scores_by_age_and_sex(findings: Findings, markdown: str) -> None:
    answer = items_of(markdown)["TRIPOD+AI 14"]
    assert answer.startswith("Not assessed by age or sex: the test radiographs name none, or one")
    groups = {"sex": {"female": part(0.8, 40, 20), "male": part(0.7, 30, 10)}}
    systems = {
        name: each.model_copy(update={"subgroups": each.subgroups | groups})
        for name, each in findings.systems.items()
    }
    answer = items_of(card(replace(findings, systems=systems)))["TRIPOD+AI 14"]
    assert answer.startswith(
        "AUROC by sex: female 0.800 (0.750 to 0.850) (n = 40); male 0.700 (0.650 to 0.750) (n = 30)"
    )


def test_characteristics_name_age_and_sex(findings: Findings) -> None:
    counts = {"radiographs": 1289, "fractured": 121}
    audit = make_audit(by_sex={"female": counts, "unknown": counts})
    answer = items_of(card(replace(findings, audit=audit)))["TRIPOD+AI 20b"]
    assert "Sex: female 1,289, unknown 1,289. Body parts" in answer
    assert "Age: unknown 578. Sex" in answer


def test_items_say_what_is_known_and_what_is_not(markdown: str) -> None:
    rows = items_of(markdown)
    assert len(rows) == 44 + 52
    assert rows["CLAIM 2024 44"] == UNKNOWN == rows["TRIPOD+AI 18a"]
    assert rows["CLAIM 2024 23"] == "keras 3.15.1, numpy 2.4.6 or 2.5.5."
    assert rows["CLAIM 2024 38"].startswith("At balanced, threshold 0.4196: sensitivity 0.800 (")
    assert "AUROC 0.812 (0.762 to 0.862)" in rows["TRIPOD+AI 23a"]
    assert rows["TRIPOD+AI 27c"] == UNKNOWN


def test_tables_are_tables(markdown: str) -> None:
    lines = markdown.splitlines()
    heads = [i for i, line in enumerate(lines) if line.startswith("|---")]
    assert len(heads) > 8
    for i in heads:
        columns = lines[i].count("|")
        assert lines[i - 2] == ""
        for line in lines[i - 1 : i + 3]:
            assert line == "" or len(re.findall(r"(?<!\\)\|", line)) == columns, line
    assert "\n\n\n" not in markdown


def test_names_do_not_become_markup(findings: Findings) -> None:
    label = "a <b>bold</b> | [claim](x) & `more`*"
    changed = replace(findings, audit=findings.audit.model_copy(update={"label": label}))
    text = card(changed)
    assert "<b>" not in text
    assert r"a &lt;b>bold&lt;/b> \| \[claim\](x) &amp; \`more\`\*" in text
