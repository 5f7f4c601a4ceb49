"""What this run answers to the items of the checklists; every number from an artifact."""

from collections.abc import Callable

from fracture.presenting.report.answers import data, model, results
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sections.external import told
from fracture.presenting.report.sections.split import how_split
from fracture.presenting.words import NOT_CLINICAL

ANSWERS: dict[str, Callable[[Findings], str]] = {
    "technology": model.technology,
    "summary": lambda _: "The section In short of report.html.",
    "use": lambda _: f"Research on methods. {NOT_CLINICAL}",
    "goal": lambda f: f"Comparison of networks; validation chose {f.winner.model}.",
    "design": data.design,
    "sources": data.sources,
    "eligibility": data.eligibility,
    "preprocessing": model.preprocessing,
    "subset": how_split,
    "missing": lambda _: (
        "Radiographs that cannot be read or have no label are left out and listed; an unknown view "
        "is a value of its own."
    ),
    "reference": lambda f: f"Of every part: {f.audit.label}.",
    "predictors": lambda _: "The pixels of one radiograph, nothing else.",
    "partitions": data.partitions,
    "disjoint": data.disjoint,
    "model": model.model,
    "software": lambda f: ", ".join(f"{name} {of}" for name, of in f.packages.items()) + ".",
    "start": model.start,
    "training": model.training,
    "selection": lambda _: "Highest AUROC on validation; test chose nothing.",
    "ensemble": model.ensemble,
    "metrics": results.metrics,
    "uncertainty": results.uncertainty,
    "robustness": results.robustness,
    "explanations": results.explanations,
    "internal": results.internal,
    "external": told,
    "differences": data.differences,
    "flow": data.flow,
    "characteristics": data.characteristics,
    "performance": results.performance,
    "diagnostic": results.diagnostic,
    "failures": results.failures,
    "limits": lambda _: "Caveats and recommendations, above.",
    "details": model.details,
    "availability": lambda f: (
        f"dvc repro makes the network anew in {model.folders(f)}. Where code and data "
        "are published is not available from this run."
    ),
    "updating": lambda _: "None: temperature and thresholds of validation are kept.",
    "prediction": model.prediction,
    "output": model.output,
    "imbalance": model.imbalance,
}
"""By the key that fracture/presenting/report/checklists.py names."""
