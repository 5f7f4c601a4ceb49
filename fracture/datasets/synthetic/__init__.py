"""Synthetic radiographs: drawn bones, some of them broken, so that nothing need be downloaded.

About 480 radiographs of 300 patients with the parameters as shipped, in 8-bit grey, JPEG and PNG,
300 to 420 pixels long: elbow, forearm, hand, hip, leg and shoulder, frontal and lateral.

Labels are not read off pictures: a bone is drawn broken or whole, so that they are exact, as are
the kinds of the fractures (the further label `fracture_kind`) and the boxes around them. What else
varies (build, framing, exposure, noise, collimation, markers, growth plates, nutrient canals, skin
folds) is drawn without regard to the label; implants alone are a little more frequent in fractured
studies. Some radiographs occur again under another patient's id, so that the search for duplicates
has something to find.

These are pictures, not patients: scores on them say that the pipeline works and nothing about how
well a network reads real radiographs. The project's licence covers them.
"""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from fracture.artifacts.atomic import replacing
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.synthetic.geometry import Grey
from fracture.datasets.synthetic.population import Plan, ids, sample_patient
from fracture.datasets.synthetic.radiograph import draw_radiograph
from fracture.imaging.decode import decode_grey
from fracture.imaging.threads import in_threads
from fracture.params.datasets import Synthetic

INDEX = "index.csv"
TEXTS = ["id", "path", "body_part", "view", "patient", "study"]
COLUMNS = [*TEXTS, "fractured", "flags", "boxes"]
KIND = "fracture_kind"
WHOLE = "none"
"""The kind where nothing is broken; the others are those of fractures.py."""
JPEG = (".jpg", [cv2.IMWRITE_JPEG_QUALITY, 93])
PNG = (".png", [cv2.IMWRITE_PNG_COMPRESSION, 6])
PNG_AGAIN = (".png", [cv2.IMWRITE_PNG_COMPRESSION, 1])
SHARE_OF_PNG = 0.2


def draw(section: Synthetic, root: Path, seed: int) -> None:
    """Draw all radiographs.

    Each patient and each radiograph has a random stream of its own: the same section and seed give
    the same bytes, on any number of cores.

    Args:
        section: How many patients, and how frequent fractures, implants and duplicates are.
        root: The folder that takes them; what it held before is removed.
        seed: Decides everything else.
    """
    *streams, copying = np.random.SeedSequence(seed).spawn(section.patients + 1)
    plans = [
        plan
        for number, stream in enumerate(streams)
        for plan in sample_patient(section, number, stream)
    ]
    with replacing(root) as beside:
        (beside / "images").mkdir(parents=True)
        rows = list(in_threads(partial(_draw, root=beside), plans, "drawing"))
        rows += _copy(section, beside, rows, np.random.default_rng(copying))
        _write_index(rows, beside / INDEX)


def read(section: Synthetic, root: Path) -> list[Radiograph]:  # noqa: ARG001 - every reader takes it
    """Return the radiographs that `draw` drew, in the order of index.csv.

    Args:
        section: Not used; every data set's reader takes its section of params.yaml.
        root: The folder that `draw` filled.

    Raises:
        PipelineError: There is no index.csv in `root`.
    """
    source = root / INDEX
    if not source.is_file():
        raise PipelineError(f"no {source}: draw the radiographs first, with `dvc repro ingest`")
    table = pd.read_csv(source, dtype=dict.fromkeys([*COLUMNS, KIND], str), keep_default_na=False)
    return [
        Radiograph(
            **{name: row[name] for name in TEXTS},
            fractured=row["fractured"] == "1",
            flags=tuple(filter(None, row["flags"].split(";"))),
            labels=((KIND, row[KIND]),),
            boxes=tuple(map(tuple, json.loads(row["boxes"]))),
            dataset="synthetic",
        )
        for row in table.to_dict("records")
    ]


def _draw(plan: Plan, root: Path) -> Radiograph:
    random = np.random.default_rng(plan.stream)
    study = plan.study
    name = f"{plan.study_id}_{plan.view}"
    image, boxes = draw_radiograph(plan.build, study, plan.view, random)
    encoding = PNG if random.uniform() < SHARE_OF_PNG else JPEG
    return Radiograph(
        id=name,
        path=_write(image, root, name, encoding),
        fractured=study.fractured,
        body_part=study.body_part,
        view=plan.view,
        patient=plan.patient,
        study=plan.study_id,
        flags=() if study.implant is None else ("hardware",),
        labels=((KIND, study.fracture.kind if study.fractured else WHOLE),),
        boxes=boxes,
    )


def _write(image: Grey, root: Path, name: str, encoding: tuple[str, list[int]]) -> str:
    """Write a radiograph and return its path, relative to `root`."""
    ending, options = encoding
    path = f"images/{name}{ending}"
    (root / path).write_bytes(cv2.imencode(ending, image, options)[1].tobytes())
    return path


def _copy(
    section: Synthetic, root: Path, rows: list[Radiograph], random: np.random.Generator
) -> list[Radiograph]:
    """Write some radiographs again as those of further patients, and return these.

    Every other copy is the same file; the rest are the same pixels, encoded in another way.
    """
    chosen = random.choice(len(rows), round(section.duplicate_rate * len(rows)), replace=False)
    copies = []
    for number, original in enumerate(rows[position] for position in sorted(chosen)):
        patient, study = ids(section.patients + number, 1)
        name = f"{study}_{original.view}"
        source = root / original.path
        if number % 2 == 0:
            path = f"images/{name}{source.suffix}"
            (root / path).write_bytes(source.read_bytes())
        else:
            pixels = decode_grey(source.read_bytes())
            path = _write(pixels, root, name, PNG_AGAIN)
        copies.append(replace(original, id=name, path=path, patient=patient, study=study))
    return copies


def _write_index(rows: list[Radiograph], path: Path) -> None:
    table = pd.DataFrame([{name: getattr(row, name) for name in COLUMNS} for row in rows])
    table["fractured"] = table["fractured"].astype(int)
    table["flags"] = table["flags"].map(";".join)
    table["boxes"] = table["boxes"].map(json.dumps)
    table[KIND] = [dict(row.labels)[KIND] for row in rows]
    table.to_csv(path, index=False, lineterminator="\n")
