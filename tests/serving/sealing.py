"""A bundle whose network says how bright a radiograph is."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import keras

from fracture.artifacts import bundle as bundles
from fracture.artifacts import network as networks
from fracture.artifacts.bundle import Bundle, BundledNetwork, Provenance
from fracture.artifacts.trained import TargetRow
from fracture.params.radiographs import Ingest
from fracture.systems.formula import Leaf
from fracture.targets import FRACTURE

FRACTURED, PART = (Leaf(network="one/seed0", target=name) for name in ("fractured", "body_part"))
PARTS = TargetRow(name="body_part", column="body_part", classes=["foot", "hand", "leg"])


def seal(folder: Path, system: str, rules: dict[str, Any], **changed: Any) -> Path:
    """Write a bundle whose probability is the mean grey level, at temperature 2.

    Its network gives the share of black that is missing, and that in thirds.
    """
    radiograph = keras.Input((16, 16, 1))
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(radiograph))
    third = keras.layers.Rescaling(1 / 3)(mean)
    rest = keras.layers.Rescaling(-2 / 3, 1)(mean)
    several = keras.layers.Concatenate()([mean, third, third, rest])
    of = bundles.network_path(folder, "one/seed0")
    networks.write(keras.Model(radiograph, several), of)
    digests = {name: sha256((of / name).read_bytes()).hexdigest() for name in networks.FILES}
    member = BundledNetwork(
        targets={"fractured": 1, "body_part": 3}, size=16, steps=(), mirror=False, batch_size=4,
        sha256=digests,
    )  # fmt: skip
    bundle = Bundle(
        format=6,
        system=system,
        made_of="brightness",
        target=TargetRow.of(FRACTURE),
        where={},
        networks={"one/seed0": member},
        formula=FRACTURED,
        temperature=2.0,
        thresholds={"balanced": 0.5, "sensitive": 0.3},
        headline="balanced",
        unsure=None,
        studies=None,
        body_parts=[],
        admitted=Ingest.model_validate(rules),
        dataset=Provenance(name="synthetic", synthetic=True, bits=0, likeness=None, sha256={}),
        versions={},
    )
    bundles.write(bundle.model_copy(update=changed), folder)
    return folder
