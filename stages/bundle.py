"""Seal the headline system in a bundle, which can be used without this pipeline's folder."""

from fracture.artifacts import bundle, manifest, scores, splits
from fracture.console import run
from fracture.inference.bundling import seal
from fracture.inference.trained import members_of
from fracture.params.radiographs import Ingest
from fracture.params.section import load, value_at
from fracture.params.systems import system_named


def main() -> None:
    """Write the bundle of the system that params.yaml names, and say how to use it."""
    parameters = load()
    system = system_named(parameters, value_at(parameters, "model"), "model")
    scored = scores.read(system.name, system.scored_by)
    members = members_of(parameters, system, scored)
    admitted = Ingest.read(parameters, "ingest")
    folder = bundle.path(system.name)
    seal(scored, members, admitted, [manifest.PATH, splits.PATH], folder)
    networks = len(set(members))
    print(f"{folder}: {system.name}, {networks} network{'s' * (networks > 1)}")
    print("score files with it: python -m serving.predict PATH ...")


if __name__ == "__main__":
    run(main, __doc__)
