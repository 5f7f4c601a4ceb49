"""Seal the headline system in a bundle, which can be used without this pipeline's folder."""

from dataclasses import replace

from fracture.artifacts import arrays, bundle, manifest, scores, splits, systems
from fracture.artifacts.splits import Part
from fracture.console import run
from fracture.device import prepare
from fracture.inference.bundling import Sealed, provenance, seal
from fracture.inference.export import lacking
from fracture.inference.neighbours import know
from fracture.inference.trained import members_of
from fracture.params.datasets import chosen_dataset
from fracture.params.radiographs import Ingest
from fracture.params.run import chosen
from fracture.params.section import load, require, value_at
from fracture.params.train import resolve
from fracture.systems.body_part import fit

PARTS: tuple[Part, ...] = ("test", "validation")
CHECKED = 32  # radiographs of them on which both runtimes must agree


def main() -> None:
    """Write the bundle of the system that params.yaml names, and say how to use it."""
    parameters = load()
    name = value_at(parameters, "model")
    require(name, chosen(parameters).systems, "model")
    system = systems.read()[name]
    members = members_of(parameters, [system.formula])
    models = {each: resolve(parameters, each.partition("/")[0]) for each in members}
    packed = {
        model.variant: arrays.read(arrays.path(model.variant)) for model, _ in models.values()
    }
    model, train = next(iter(models.values()))
    folder, scored = bundle.path(name), scores.read(name)
    radiographs, licence = manifest.read(), chosen_dataset(parameters)[1].pictures_under
    # What is hashed is private, whatever the licence.
    shown = {one.id for one in radiographs if licence and not one.hashed}
    sources = [manifest.PATH, splits.PATH]
    dataset = provenance(scored, radiographs, sources, packed[model.variant], licence)
    absent = next(filter(None, (lacking(train.precision) for _, train in models.values())), "")
    sealed = {each: Sealed(member, None) for each, member in members.items()}
    prepare(train.device, seed=0, threads=train.threads)
    if not absent:
        for each, (of, _) in models.items():
            kept = packed[of.variant]
            rows = [row for part in PARTS for row in kept.rows(part)][:CHECKED]
            sealed[each] = Sealed(members[each], kept.images[rows])
    first = next(iter(members))
    known = know(members[first], packed[model.variant], system.target.target, shown, fit)
    sealed[first] = replace(sealed[first], known=known)
    seal(system, scored, sealed, Ingest.read(parameters, "ingest"), dataset, folder)
    print(f"{folder}: {name}, {len(members)} network{'s' * (len(members) > 1)}")
    if absent:
        print(f"Keras will compute them, as ONNX Runtime's files were not written: {absent}")
    print("score files with it: python -m serving.predict PATH ...")


if __name__ == "__main__":
    run(main, __doc__)
