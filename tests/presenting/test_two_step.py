from pathlib import Path

import pytest

from fracture.artifacts import two_step as artifact
from fracture.artifacts.row import Estimate
from fracture.artifacts.two_step import Answering, TwoStep
from fracture.presenting import figures
from fracture.presenting.two_step import (
    WHO,
    aurocs_by_part,
    by_part,
    explanation,
    found,
    paragraphs,
    routers,
    verdicts,
    ways,
)
from fracture.presenting.two_step_figure import draw
from tests.judging.two_steps import judged

LOOKS = figures.looks(each.system for each in judged().systems)


def best(step: TwoStep) -> Answering:
    """Return the best route."""
    return next(each for each in step.systems if each.system == step.best)


def test_each_router_has_a_row() -> None:
    table = routers(judged())
    first, further = table.rows
    assert first[:2] == ["bone_type", "routes"]
    assert first[2].startswith("0.944 (")
    assert first[3:] == ["90", "5", "0"]
    assert further[:2] == ["both.body_part", "for comparison"]


def test_each_way_to_answer_has_a_row_with_the_verdict_of_the_best_route() -> None:
    step = judged()
    table = ways(step)
    assert [row[0] for row in table.rows] == ["hard", "soft", "perfect", "shared", "both"]
    assert table.columns[-1] == f"{step.best} is"
    verdict = {row[0]: row[-1] for row in table.rows}
    assert verdict[step.best] == "-"
    assert verdict["both"] == "better"
    assert table.rows[2][1] == "told the true body part: not ranked"


def test_all_pairs_are_corrected_together() -> None:
    table = verdicts(judged())
    assert len(table.rows) == 10
    assert "these 10 pairs" in table.caption


def test_published_figures_stand_beside_ours_and_are_said_to_be_of_other_data() -> None:
    step = judged()
    table = by_part(step, best(step))
    published = table.columns.index("accuracy, R3 on MURA")
    assert [row[published] for row in table.rows] == ["-", "80.31 %", "-"]
    assert [row[table.columns.index(WHO)] for row in table.rows] == [
        "special",
        "special",
        "shared",
    ]
    text = " ".join(explanation(step))
    assert "there is one for foot and hand (special), shared answers for all else." in text
    assert "99.46 % for the body part, and for fractures 83.02 % of elbow, 80.31 % of hand" in text
    assert "of MURA, another data set, where positive means abnormal" in text


def test_perfect_routing_by_part_stands_beside_without_a_claim_of_who_answers() -> None:
    step = judged()
    perfect = next(each for each in step.systems if each.role == "perfect routing")
    table = by_part(step, perfect)
    assert WHO not in table.columns
    foot = perfect.subgroups["foot"]
    assert table.rows[0][1] == f"{foot.n} ({foot.counts[1]})"
    assert table.rows[0][2] == str(foot.scores["accuracy"])
    assert table.rows[0][table.columns.index("AUROC")] == str(foot.scores["auroc"])


def test_networks_of_several_trainings_are_said_to_answer_together() -> None:
    step = judged()
    assert not any("all trainings" in text for text in explanation(step))
    several = Estimate(value=0.75, low=0.7, high=0.8)
    update = {"system": "shared (3 trainings)", "one_by_one": several}
    systems = [
        each.model_copy(update=update) if each.system == "shared" else each for each in step.systems
    ]
    text = " ".join(explanation(step.model_copy(update={"systems": systems})))
    assert "over their trainings one by one: 0.750 (0.700 to 0.800) of shared." in text


def test_the_auroc_of_each_system_stands_by_part() -> None:
    step = judged()
    table = aurocs_by_part(step)
    assert table.columns == ["body part", *(each.system for each in step.systems)]
    foot = [str(each.subgroups["foot"].scores["auroc"]) for each in step.systems]
    assert table.rows[0] == ["foot", *foot]


def test_what_was_found_is_said_with_its_verdict() -> None:
    step = judged()
    best, perfect, both = (
        next(str(each.scores["auroc"]) for each in step.systems if each.system == name)
        for name in (step.best, "perfect", "both")
    )
    text = found(step)
    assert text.startswith(
        f"By test AUROC of these trainings, one seed each: {step.best} cannot be told apart from "
        "shared, one network for all radiographs. bone_type tells the body part "
        "rightly in a share of 0.944 ("
    )
    assert f"{step.best} reaches a test AUROC of {best}." in text
    assert (
        f"Told the true body part, it would reach {perfect}, not distinguishable from {step.best}."
        in text
    )
    assert f"learnt the body part too reaches {both}, worse than {step.best}." in text


def test_the_conclusion_is_against_one_network() -> None:
    step = judged()
    systems = [each for each in step.systems if each.role != "one network"]
    text = found(step.model_copy(update={"systems": systems}))
    assert f": {step.best} is better than both, one network for all " in text
    systems = [each for each in systems if each.role != "network of both targets"]
    text = found(step.model_copy(update={"systems": systems}))
    assert text.startswith("bone_type tells the body part rightly")


def test_other_targets_are_not_held_against_published_figures() -> None:
    target = judged().target.model_copy(update={"name": "view", "column": "view"})
    step = judged().model_copy(update={"target": target})
    assert "R3" not in " ".join([*explanation(step), *by_part(step, best(step)).columns])


def test_markdown_holds_every_table_and_nothing_without_a_route() -> None:
    text = "\n\n".join(paragraphs([judged()]))
    assert text.startswith("## Two steps\n")
    for table in (routers, ways, verdicts, aurocs_by_part):
        assert table(judged()).caption in text
    for system in (best(judged()).system, "perfect"):
        assert f"{system} by body part; 90 % intervals:" in text
    assert paragraphs([]) == []


def test_the_figure_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("first.png", "second.png"):
        figures.save(draw([judged()], LOOKS), tmp_path / name, True)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


def test_the_figure_draws_the_router_and_each_system() -> None:
    step = judged()
    figure = draw([step, step], LOOKS)
    left, right, *others = figure.axes
    assert len(others) == 2
    assert "bone_type" in left.get_title()
    names = [label.get_text() for label in right.get_yticklabels()]
    assert names == [f"{each.system}\n{each.role}" for each in step.systems]


def test_the_figure_says_a_role_once_where_the_name_says_it() -> None:
    step = judged()
    systems = [
        each.model_copy(update={"system": each.role.replace(" ", "_")}) for each in step.systems
    ]
    drawn = figures.looks(each.system for each in systems)
    (_, right) = draw([step.model_copy(update={"systems": systems})], drawn).axes
    names = [label.get_text() for label in right.get_yticklabels()]
    assert names == [each.system for each in systems]


def test_without_a_router_or_a_route_the_figure_says_so() -> None:
    (left, _) = draw([judged().model_copy(update={"routers": []})], LOOKS).axes
    assert [text.get_text() for text in left.texts] == ["The truth routes."]
    assert [text.get_text() for text in draw([], LOOKS).texts] == [
        "No system of two steps: the run has no route."
    ]


def test_they_are_read_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    artifact.write([judged()])
    assert artifact.read() == [judged()]
    artifact.write([])
    assert artifact.read() == []
