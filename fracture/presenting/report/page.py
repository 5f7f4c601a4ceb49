"""The page: its sections, in the order in which they are read."""

from fracture.presenting.report.blocks import Document
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sections.baselines import baselines
from fracture.presenting.report.sections.data import data, preprocessing
from fracture.presenting.report.sections.explanations import explanations
from fracture.presenting.report.sections.external import external
from fracture.presenting.report.sections.left_out import left_out
from fracture.presenting.report.sections.limits import limits
from fracture.presenting.report.sections.others import others
from fracture.presenting.report.sections.ranking import ranking
from fracture.presenting.report.sections.reproduction import glossary, reproduction
from fracture.presenting.report.sections.split import split
from fracture.presenting.report.sections.summary import in_short
from fracture.presenting.report.sections.training import training
from fracture.presenting.report.sections.verdicts import ablation, verdicts
from fracture.presenting.report.sections.winner import winner
from fracture.presenting.words import warnings

SECTIONS = (
    in_short, data, split, left_out, preprocessing, baselines, ranking, verdicts, ablation, winner,
    explanations, external, training, others, limits, reproduction,
)  # fmt: skip


def page(findings: Findings) -> Document:
    """Tell all that was found."""
    return Document(
        f"Fracture classification, data set {findings.audit.dataset}",
        warnings(findings.winner.synthetic),
        (*(section(findings) for section in SECTIONS), glossary()),
    )
