"""Answers as DICOM: a Comprehensive SR for each study, a picture of each radiograph's heat."""

from serving.dicom.picture import write_picture
from serving.dicom.report import write_reports

__all__ = ["write_picture", "write_reports"]
