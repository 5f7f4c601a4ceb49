"""Seal the headline system in a bundle, which can be used without this pipeline's folder."""

from fracture.artifacts import bundle, manifest, scores, splits
from fracture.console import run
from fracture.inference.bundling import seal
from fracture.inference.trained import members_of
from fracture.params.radiographs import Ingest
from fracture.params.run import chosen
from fracture.params.section import load, require, value_at


def main() -> None:
    """Write the bundle of the system that params.yaml names, and say how to use it."""
    parameters = load()
    system = value_at(parameters, "model")
    require(system, chosen(parameters).systems, "model")
    scored = scores.read(system)
    members = members_of(parameters, system, scored)
    admitted = Ingest.read(parameters, "ingest")
    folder = bundle.path(system)
    seal(scored, members, admitted, [manifest.PATH, splits.PATH], folder)
    networks = len(set(members))
    print(f"{folder}: {system}, {networks} network{'s' * (networks > 1)}")
    print("score files with it: python -m serving.predict PATH ...")


if __name__ == "__main__":
    run(main, __doc__)
