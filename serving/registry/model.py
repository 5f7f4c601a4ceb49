"""A bundle as an MLflow model: bytes of radiographs in, rows of answers out."""

import re
import tomllib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import mlflow
import numpy as np
import pandas as pd
from mlflow.models import Model, infer_signature

import fracture
import serving
from fracture.artifacts import bundle as bundles
from fracture.console import PipelineError
from fracture.datasets.synthetic.population import sample_patient
from fracture.datasets.synthetic.radiograph import draw_radiograph
from fracture.inference import Predictor
from fracture.inference.runtimes import Chosen, choose
from fracture.params.datasets import Synthetic
from serving.answers import radiograph_rows

PROJECT = Path(fracture.__file__).parents[1] / "pyproject.toml"
CODE = [str(Path(package.__file__ or "").parent) for package in (fracture, serving)]
RADIOGRAPH = "radiograph"
"""The column of a request: the bytes of a file, in JSON as base64."""
BUNDLE = "bundle"
"""The folder of the bundle among what the model holds beside its code."""
EXAMPLE = Synthetic(
    root=".", patients=20, fracture_rate=1, implant_rate=0, duplicate_rate=0, off_centre=0
)
"""How the input example is drawn."""
DIGEST, RUNTIME = "bundle_sha256", "runtime"
"""Settings of the model, of which `mlflow.pyfunc.load_model` can choose the second."""
COMPUTING: dict[Chosen, list[str]] = {"keras": ["keras", "tensorflow"], "onnx": ["onnxruntime"]}
"""What each runtime needs beside the project's own dependencies."""


class Served:
    """What `mlflow.pyfunc.load_model` gives: a predictor for tables of radiographs."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    def predict(
        self,
        radiographs: pd.DataFrame,
        params: Mapping[str, Any] | None = None,  # noqa: ARG002 - MLflow passes it
    ) -> pd.DataFrame:
        """Return a row for each radiograph, as serving/answers.py makes them, without `file`.

        Args:
            radiographs: The content of a file in each row of the column `radiograph`.
            params: None are known.
        """
        answers = self._predictor.predict([bytes(each) for each in radiographs[RADIOGRAPH]])
        rows = radiograph_rows([""] * len(answers), answers, self._predictor.bundle)
        table = pd.DataFrame(rows).drop(columns="file")
        if table.notna().to_numpy().all():
            return table
        return table.astype(object).where(table.notna(), None)  # JSON knows no NaN


def _load_pyfunc(path: str, model_config: Mapping[str, Any] | None = None) -> Served:
    """Load what `save` saved; MLflow calls this by its name.

    Args:
        path: The folder with the bundle.
        model_config: The digest that the bundle must have, and what computes its networks: see
            `Predictor.load`.

    Raises:
        PipelineError: The bundle was changed.
    """
    settings = {RUNTIME: "auto", **(model_config or {})}
    folder, expected = Path(path) / BUNDLE, settings[DIGEST]
    # The networks themselves are checked as they are loaded.
    if (found := bundles.read(folder).digest) != expected:
        raise PipelineError(
            f"{folder} was changed: its digest is {found[:12]}..., expected {expected[:12]}...: "
            "register the bundle again"
        )
    return Served(Predictor.load(folder, settings[RUNTIME]))


def save(to: Path, contents: Path, described: Model) -> None:
    """Save a bundle as an MLflow model that needs neither this repository nor its data.

    Args:
        to: An absent folder.
        contents: A folder that holds the bundle as `BUNDLE`, and whatever shall travel with it.
        described: Of which run and logged model it is.

    Raises:
        PipelineError: The bundle was changed since it was sealed.
    """
    table = pd.DataFrame({RADIOGRAPH: [drawn_radiograph()]})
    bundle = bundles.read(contents / BUNDLE)
    sealed = {DIGEST: bundle.digest, RUNTIME: "auto"}
    answers = _load_pyfunc(str(contents), sealed).predict(table)
    mlflow.pyfunc.save_model(
        str(to),
        loader_module=__name__,
        data_path=str(contents),
        code_paths=CODE,
        mlflow_model=described,
        signature=infer_signature(table, answers),
        input_example=table,
        pip_requirements=requirements(choose("auto", bundle.networks)),
        model_config=sealed,
    )


def requirements(runtime: Chosen) -> list[str]:
    """Return what a bundle and MLflow need, each package at the version that is installed here.

    Args:
        runtime: What computes its networks.
    """
    declared: list[str] = tomllib.loads(PROJECT.read_text())["project"]["dependencies"]
    names = [re.split("[<>=]", each)[0] for each in [*declared, *COMPUTING[runtime], "mlflow"]]
    return [f"{name}=={version(name)}" for name in names]


def drawn_radiograph() -> bytes:
    """Return a drawn radiograph as PNG: an input example that is no patient's."""
    plan = sample_patient(EXAMPLE, 0, np.random.SeedSequence(0))[0]
    random = np.random.default_rng(plan.stream)
    image, _ = draw_radiograph(plan.build, plan.study, plan.view, random)
    return cv2.imencode(".png", image)[1].tobytes()
