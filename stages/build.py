"""Build the backbones that the recipe builds and does not train, and count their parts."""

import math

from fracture.artifacts import built
from fracture.artifacts.built import Built
from fracture.console import progress, run
from fracture.device import prepare
from fracture.params import section
from fracture.params.radiographs import Preprocess


def main() -> None:
    """Write what each is made of; nothing is learnt, so that nothing is scored."""
    parameters = section.load()
    recipe = section.value_at(parameters, "recipe")
    backbones = section.value_at(parameters, "recipes", recipe, "builds")
    size = Preprocess.read(parameters, "recipes", recipe, "preprocess").size
    made = []
    if backbones:
        prepare("cpu", section.value_at(parameters, "data_seed"))

        import keras  # noqa: PLC0415 - once the device is chosen

        from fracture.backbones.build import build_backbone  # noqa: PLC0415

        for name in progress(backbones, len(backbones), "build", "backbones"):
            radiograph = keras.Input((size, size, 3))
            network = keras.Model(radiograph, build_backbone(name, radiograph, None))
            parameters_of_it = network.count_params()
            made.append(
                Built(
                    backbone=name,
                    size=size,
                    parameters=parameters_of_it,
                    layers=sum(bool(layer.weights) for layer in network.layers),
                    features=[int(side) for side in network.output_shape[1:]],
                    megabytes=round(4 * parameters_of_it / 1e6, 1),
                )
            )
            keras.utils.clear_session()
    built.write(made)
    names = ", ".join(each.backbone for each in made) or "none"
    total = math.fsum(each.megabytes for each in made)
    print(f"built, not trained: {names} ({total:.0f} MB of weights): {built.PATH}")


if __name__ == "__main__":
    run(main, __doc__)
