"""Train a network on its variant's arrays, and draw how it learned."""

from stages.artifacts import arrays, history
from stages.artifacts import network as networks
from stages.console import run
from stages.device import prepare
from stages.figures import save
from stages.params import section
from stages.params.train import resolve
from stages.train.curves import draw_curves


def main(name: str) -> None:
    """Train the model `name` and write its network, its history and the curves of both."""
    parameters = section.load()
    seed = section.at(parameters, "seed")
    model, settings = resolve(parameters, name)
    packed = arrays.read(arrays.path(model.variant))
    device = prepare(settings.device, seed, settings.precision, settings.threads)
    print(f"{name}: {model.backbone} on {model.variant} radiographs, {device}")

    # Only now, with the device chosen, may Keras be imported.
    from stages.train.network import build  # noqa: PLC0415
    from stages.train.training import train  # noqa: PLC0415

    network = build(model, settings, size=packed.images.shape[1])
    table = train(network, packed, settings, seed)
    networks.write(network.whole, networks.path(name))
    history.write(table, history.path(name))
    picture = history.path(name).with_name("training.png")
    save(draw_curves(table, name), picture, packed.synthetic)
    best = table["validation_loss"].min()
    print(f"{name}: {len(table)} epochs, least validation loss {best:.3f}; curves: {picture}")


if __name__ == "__main__":
    run(main, __doc__, "model")
