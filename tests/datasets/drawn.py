"""Settings of drawn radiographs, for tests."""

from fracture.params.datasets import Synthetic

SECTION = Synthetic(
    root="unused",
    patients=20,
    fracture_rate=0.42,
    implant_rate=0.2,
    duplicate_rate=0.0,
    off_centre=0.1,
)
