"""What a system costs: all networks of its formula, each once."""

from fracture.artifacts.trained import Footprint
from fracture.systems.composing import footprint
from tests.systems.examples import MODELS, TWO_STEP, composed, predicted, trained

EACH = {"shared": 1, "weak": 10, "special": 100, "bone_type": 1000}


def known(name: str) -> dict[str, Footprint]:
    """Return footprints of the networks of a model: their numbers are a power of ten."""
    made = MODELS[name]
    folders = [f"{kind}-seed{seed}" if kind else f"seed{seed}" for kind, seed in made.networks]
    numbers = dict.fromkeys(Footprint.model_fields, EACH.get(name, 0))
    return {folder: Footprint(**numbers | {"networks": 1}) for folder in folders}


GIVEN = predicted(
    {name: made.model_copy(update={"footprints": known(name)}) for name, made in MODELS.items()}
)


def test_a_system_has_the_sum_over_its_networks() -> None:
    mean = {"mean_of": ["shared", "weak"], "weights": "equal"}
    systems = composed(GIVEN, both=mean, two_step=TWO_STEP)
    found = {
        name: (each.footprint.networks, each.footprint.parameters)
        for name, each in systems.items()
        if each.footprint
    }
    assert found["shared"] == (1, 1)
    assert found["both"] == (2, 11)
    # The router, two specialists, and who answers for legs.
    assert found["two_step"] == (4, 1201)


def test_a_network_of_which_nothing_is_known_leaves_a_system_unknown() -> None:
    systems = composed()
    assert {each.footprint for each in systems.values()} == {None}
    assert footprint(systems["shared"].formula, {"shared": trained()}) is None
