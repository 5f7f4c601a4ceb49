"""Networks: one folder for each model, and in it one for each seed."""

from fracture.artifacts import network


def test_the_networks_of_a_model_stand_in_its_folder() -> None:
    assert network.path("vgg16", 3).as_posix() == "data/models/vgg16/seed3"
    assert network.path("vgg16", 0).parent == network.path("vgg16", 1).parent
    assert network.path("vgg16", 0).parent == network.folder("vgg16")
