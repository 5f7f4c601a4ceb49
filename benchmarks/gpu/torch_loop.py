"""A tuned PyTorch loop over ResNet-50: channels last, bfloat16, compiled, fused, fed ahead.

Needs PyTorch, torchvision or timm, and NumPy; nothing else of the project.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.gpu.work import Work, answer
from benchmarks.machine import versions

MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


def measure(work: Work) -> dict[str, Any]:
    """Return seconds of the loop on one resident batch and fed from memory, and the device."""
    torch = import_module("torch")
    cuda = torch.cuda.is_available()
    device = torch.device("cuda" if cuda else "cpu")
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    step = train_step(torch, device, work.mode)
    random = np.random.default_rng(0)
    shape = (work.batch * work.steps, 1, work.size, work.size)
    images = random.integers(0, 256, shape, np.uint8)
    labels = (np.arange(len(images)) % 5 == 0).astype(np.float32)[:, None]
    resident = [torch.from_numpy(part[: work.batch]).to(device) for part in (images, labels)]

    def run(batches: Iterator[list[Any]]) -> float:
        begun = time.perf_counter()
        for batch in batches:
            loss = step(*batch)
        float(loss)
        return time.perf_counter() - begun

    seconds = [
        {
            "resident": run(iter([resident] * work.steps)),
            "fed": run(fed(torch, (images, labels), work.batch, device)),
        }
        for _ in range(work.repetitions + 1)
    ]
    return {
        "device": torch.cuda.get_device_name() if cuda else "cpu",
        "platform": device.type,
        "versions": versions("torch"),
        "seconds": seconds[1:],  # the first compiles
    }


def resnet50() -> Any:
    """Return ResNet-50 with one output, its strides where Keras has them: the same arithmetic.

    torchvision and timm stride in the 3 x 3 convolution of a block, which takes 6 % more.
    """
    if find_spec("torchvision"):
        network = import_module("torchvision").models.resnet50(num_classes=1)
    elif find_spec("timm"):
        network = import_module("timm").create_model("resnet50", num_classes=1)
    else:
        raise SystemExit("error: neither torchvision nor timm is installed: install one of them")
    for stage in (network.layer2, network.layer3, network.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    return network


def train_step(torch: Any, device: Any, mode: str) -> Any:
    """Return the step: uint8 (n, 1, size, size) and labels (n, 1) in, the loss out."""
    network = resnet50().to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=1e-3, fused=True)
    mean, deviation = (
        torch.tensor(values, device=device)[None, :, None, None] for values in (MEAN, DEVIATION)
    )
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits

    def forward(images: Any, labels: Any) -> Any:
        scaled = ((images.float() - mean) / deviation).to(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16):
            logits = network(scaled)
        return loss_of(logits.float(), labels)

    compiled = torch.compile(forward, mode=mode)

    def step(images: Any, labels: Any) -> Any:
        loss = compiled(images, labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.detach()

    return step


def fed(torch: Any, arrays: tuple[Any, Any], batch: int, device: Any) -> Iterator[list[Any]]:
    """Yield shuffled batches on the device; the next is taken and pinned while one is computed."""
    order = np.random.default_rng(0).permutation(len(arrays[0]))
    starts = range(0, len(order) - batch + 1, batch)

    def take(start: int) -> list[Any]:
        rows = order[start : start + batch]
        taken = [torch.from_numpy(array[rows]) for array in arrays]
        return [part.pin_memory() for part in taken] if device.type == "cuda" else taken

    with ThreadPoolExecutor(1) as executor:
        ahead = executor.submit(take, starts[0])
        for following in [*starts[1:], None]:
            ready = ahead.result()
            if following is not None:
                ahead = executor.submit(take, following)
            yield [part.to(device, non_blocking=True) for part in ready]


if __name__ == "__main__":
    answer(measure)
