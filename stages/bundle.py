"""Seal the headline system in a bundle, which can be used without this pipeline's folder."""

from fracture.artifacts import arrays, bundle, manifest, scores, splits, systems
from fracture.console import run
from fracture.inference.bundling import provenance, seal
from fracture.inference.trained import members_of
from fracture.params.radiographs import Ingest
from fracture.params.run import chosen
from fracture.params.section import load, require, value_at
from fracture.params.train import resolve


def main() -> None:
    """Write the bundle of the system that params.yaml names, and say how to use it."""
    parameters = load()
    name = value_at(parameters, "model")
    require(name, chosen(parameters).systems, "model")
    system = systems.read()[name]
    members = members_of(parameters, [system.formula])
    admitted = Ingest.read(parameters, "ingest")
    folder, scored = bundle.path(name), scores.read(name)
    model, _ = resolve(parameters, next(iter(members)).partition("/")[0])
    packed = arrays.read(arrays.path(model.variant))
    dataset = provenance(scored, manifest.read(), [manifest.PATH, splits.PATH], packed)
    seal(system, scored, members, admitted, dataset, folder)
    print(f"{folder}: {name}, {len(members)} network{'s' * (len(members) > 1)}")
    print("score files with it: python -m serving.predict PATH ...")


if __name__ == "__main__":
    run(main, __doc__)
