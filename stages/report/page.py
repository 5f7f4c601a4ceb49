"""The page: its sections, in the order in which they are read."""

from stages.report.blocks import Document
from stages.report.findings import Findings
from stages.report.sections.baselines import baselines
from stages.report.sections.data import data, preprocessing
from stages.report.sections.explanations import explanations
from stages.report.sections.external import external
from stages.report.sections.left_out import left_out
from stages.report.sections.limits import limits
from stages.report.sections.others import others
from stages.report.sections.ranking import ranking
from stages.report.sections.reproduction import glossary, reproduction
from stages.report.sections.split import split
from stages.report.sections.summary import in_short, warnings
from stages.report.sections.training import training
from stages.report.sections.verdicts import ablation, verdicts
from stages.report.sections.winner import winner

SECTIONS = (
    in_short, data, split, left_out, preprocessing, baselines, ranking, verdicts, ablation, winner,
    explanations, external, training, others, limits, reproduction,
)  # fmt: skip


def page(findings: Findings) -> Document:
    """Tell all that was found."""
    return Document(
        f"Fracture classification, data set {findings.audit.dataset}",
        warnings(findings),
        (*(section(findings) for section in SECTIONS), glossary()),
    )
