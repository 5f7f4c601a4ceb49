"""Networks as ONNX files, which run where neither Keras nor TensorFlow is installed."""

import logging
import warnings
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.console import PipelineError
from fracture.device import FLOAT, quiet, require_backend
from fracture.inference.gradcam import GradCAM, gradient, weigh
from fracture.inference.runtimes import FEATURES, HEAT, MAP, PROBABILITIES, RADIOGRAPHS, OnnxNetwork

if TYPE_CHECKING:
    import keras

LARGEST = 1e-4
"""Difference between the probabilities of both runtimes that is allowed."""


def lacking(precision: str) -> str:
    """Return why networks cannot be exported here; empty where they can.

    Args:
        precision: A Keras dtype policy; of 16 bits, both runtimes would round in other places.

    Raises:
        PipelineError: The backend of Keras is unknown, or not installed.
    """
    if precision != FLOAT:
        return f"precision is {precision}"
    if (backend := require_backend()) != "tensorflow":
        return f"Keras computes with {backend}, expected tensorflow"
    absent = [name for name in ("tf2onnx", "onnxruntime") if not find_spec(name)]
    return f"{' and '.join(absent)} not installed" if absent else ""


def export(network: "keras.Model", folder: Path) -> None:
    """Write a network as ONNX beside its other files, the same bytes whenever it is written.

    Its batch normalisations are folded into the convolutions, and it gives all that a predictor
    asks for: see fracture/inference/runtimes.py.

    Args:
        network: As fracture/training/network.py built it.
        folder: Of its files.
    """
    import keras  # noqa: PLC0415 - the device is to be chosen before
    import onnx  # noqa: PLC0415 - seconds, which only the stage `bundle` pays

    from fracture.training.network import fold  # noqa: PLC0415 - imports Keras

    gradcam = GradCAM(network)
    maps, features, probabilities, *places = gradcam.model.outputs
    heat = [
        weigh(maps, gradient(gradcam.head, features, unit, keras.ops), keras.ops)
        for unit in range(gradcam.classes)
    ]
    outputs = {
        PROBABILITIES: probabilities,
        FEATURES: features,
        HEAT: keras.ops.stack(heat, axis=1),
    }
    if places:
        outputs[MAP] = places[0][..., 0][:, None]
    folded = fold(keras.Model(network.input, list(outputs.values())), inference=True)
    shape = (None, *network.input.shape[1:])
    signature = [keras.InputSpec(shape=shape, dtype="uint8", name=RADIOGRAPHS)]
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    with TemporaryDirectory() as beside, warnings.catch_warnings(), quiet():
        warnings.simplefilter("ignore")  # of tf2onnx, which is written for an older NumPy
        file = Path(beside) / networks.ONNX
        folded.export(file, format="onnx", verbose=False, input_signature=signature)
        model = onnx.load(file)
    _spell_out_erfc(model)
    _shrink(model)
    content = _canonical(model, list(outputs)).SerializeToString(deterministic=True)
    networks.onnx_path(folder).write_bytes(content)


def difference(network: "keras.Model", folder: Path, images: npt.NDArray[np.uint8]) -> float:
    """Return the largest difference between the probabilities of both runtimes.

    Args:
        network: In Keras.
        folder: Of its files, exported.
        images: uint8 (n, height, width, channels), at least one.

    Raises:
        PipelineError: It is more than `LARGEST`.
    """
    exported = OnnxNetwork(networks.onnx_path(folder), threads=1).predict_on_batch(images)
    apart = np.abs(exported - np.asarray(network.predict_on_batch(images), np.float32))
    found = float(np.max(apart))
    if not found <= LARGEST:
        raise PipelineError(
            f"{network.name}: ONNX Runtime and Keras differ by {found:.2g} in a probability; "
            f"expected at most {LARGEST:g}: without tf2onnx installed the bundle has Keras alone"
        )
    return found


def _spell_out_erfc(model: Any) -> None:
    """Make 1 - Erf(x) of each Erfc(x), which tf2onnx writes for GELU though ONNX has none."""
    from onnx import helper, numpy_helper  # noqa: PLC0415

    nodes = []
    for node in model.graph.node:
        if node.op_type != "Erfc":
            nodes.append(node)
            continue
        error, one = f"{node.output[0]} error", f"{node.output[0]} one"
        model.graph.initializer.append(numpy_helper.from_array(np.ones(1, np.float32), one))
        nodes.append(helper.make_node("Erf", node.input, [error]))
        nodes.append(helper.make_node("Sub", [one, error], node.output))
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _shrink(model: Any) -> None:
    """Make one number of a constant that is the same in every channel, where it is just as right.

    ONNX Runtime scales the pixels ten times as fast with it.
    """
    import onnx  # noqa: PLC0415

    inferred = onnx.shape_inference.infer_shapes(model).graph.value_info
    channels = {value.name: value.type.tensor_type.shape.dim[-1:] for value in inferred}
    constants = {each.name: each for each in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type not in {"Add", "Mul"} or node.input[1] not in constants:
            continue
        values = onnx.numpy_helper.to_array(constants[node.input[1]])
        last = [dimension.dim_value for dimension in channels.get(node.input[0], [])]
        if values.ndim == 1 and [values.size] == last and (values == values[0]).all():
            name = f"one of {node.input[1]}"
            model.graph.initializer.append(onnx.numpy_helper.from_array(values[:1], name))
            node.input[1] = name


def _canonical(model: Any, outputs: list[str]) -> Any:
    """Return a model with its nodes, constants and names in an order that its graph alone decides.

    tf2onnx counts names on from whatever was converted before, and goes through sets.

    Args:
        model: Of one input.
        outputs: Names for its outputs.
    """
    from onnx import helper  # noqa: PLC0415

    graph = model.graph
    makers = {value: node for node in graph.node for value in node.output}
    constants = {each.name: each for each in graph.initializer}
    given = {value.name: name for value, name in zip(graph.output, outputs, strict=True)}
    names = {"": "", graph.input[0].name: RADIOGRAPHS}  # without a name: an input that is left out
    nodes: list[Any] = []
    used: list[Any] = []
    todo = [value.name for value in reversed(graph.output)]
    while todo:
        value = todo[-1]
        node = makers.get(value)
        missing = [each for each in node.input if each not in names] if node else []
        if value in names:
            todo.pop()
        elif missing:
            todo += reversed(missing)
        else:
            (nodes if node else used).append(node or constants[value])
            for each in node.output if node else [value]:
                names[each] = given.get(each, f"value_{len(names)}")
    for node in nodes:
        node.input[:] = [names[each] for each in node.input]
        node.output[:] = [names[each] for each in node.output]
        node.name, node.doc_string = node.output[0], ""
        attributes = sorted(node.attribute, key=lambda attribute: str(attribute.name))
        del node.attribute[:]
        node.attribute.extend(attributes)
    for each in (*used, *graph.input, *graph.output):
        each.name = names[each.name]
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    made = helper.make_graph(nodes, "network", graph.input, graph.output, used)
    return helper.make_model(made, opset_imports=model.opset_import, ir_version=model.ir_version)
