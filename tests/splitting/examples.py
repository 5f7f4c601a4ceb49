"""Radiographs as the split stage takes them."""

from fracture.artifacts.manifest import Radiograph


def radiograph(
    number: int, group: object, fractured: bool, body_part: str = "hand", shipped: str = ""
) -> Radiograph:
    return Radiograph(
        f"{number:05}", "", fractured, body_part, group=str(group), shipped=shipped, dataset="mura"
    )


def singles(fractured: int, intact: int, body_part: str = "hand") -> list[Radiograph]:
    return [radiograph(n, n, n < fractured, body_part) for n in range(fractured + intact)]
