"""What a DICOM header says of a radiograph, in words of this project."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fracture.imaging.unreadable import UnreadableImage
from fracture.texts import loose

KEYWORDS = (
    "SOPInstanceUID",
    "PatientName",
    "PatientID",
    "PatientIdentityRemoved",
    "PatientAge",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "ViewPosition",
    "BodyPartExamined",
)
"""All that a reader asks of a header: `fracture.imaging.dicom.read_headers` takes these."""
BODY_PARTS = {
    "finger": "FINGER THUMB DAUMEN DOIGT POUCE DEDO PULGAR DITO POLLICE",
    "hand": "HAND MITTELHAND METACARPUS MAIN MANO",
    "wrist": "WRIST CARPUS HANDGELENK HANDWURZEL POIGNET MUNECA POLSO",
    "forearm": "FOREARM RADIUS ULNA RADIUSULNA UNTERARM SPEICHE ELLE AVANTBRAS ANTEBRAZO "
    "AVAMBRACCIO",
    "elbow": "ELBOW ELLBOGEN ELLENBOGEN ELLBOGENGELENK ELLENBOGENGELENK COUDE CODO GOMITO",
    "humerus": "HUMERUS UPPERARM OBERARM HUMERO OMERO",
    "shoulder": "SHOULDER SCHULTER SCHULTERGELENK EPAULE HOMBRO SPALLA",
    "clavicle": "CLAVICLE CLAVICULA KLAVIKULA SCHLUSSELBEIN SCHLUESSELBEIN CLAVICULE CLAVICOLA",
    "scapula": "SCAPULA SCHULTERBLATT OMOPLATE ESCAPULA OMOPLATO SCAPOLA",
    "toe": "TOE TOES ZEHE ZEHEN GROSSZEHE ORTEIL ALLUCE",
    "foot": "FOOT HEEL CALCANEUS FUSS VORFUSS MITTELFUSS FERSE FERSENBEIN PIED TALON PIE PIEDE",
    "ankle": "ANKLE SPRUNGGELENK OSG KNOCHEL KNOECHEL CHEVILLE TOBILLO CAVIGLIA",
    "leg": "LEG LOWERLEG LOWLEG TIBIA FIBULA TIBIAFIBULA BEIN UNTERSCHENKEL SCHIENBEIN WADENBEIN "
    "JAMBE PIERNA GAMBA",
    "knee": "KNEE PATELLA KNIE KNIEGELENK KNIESCHEIBE GENOU RODILLA GINOCCHIO",
    "femur": "FEMUR THIGH UPPERLEG OBERSCHENKEL CUISSE MUSLO COSCIA",
    "hip": "HIP HUFTE HUEFTE HUFTGELENK HUEFTGELENK HANCHE CADERA ANCA",
    "pelvis": "PELVIS BECKEN BECKENUBERSICHT BECKENUEBERSICHT BASSIN BACINO",
    "spine": "SPINE CSPINE TSPINE LSPINE WIRBELSAULE WIRBELSAEULE HWS BWS LWS RACHIS COLUMNA "
    "COLONNA",
    "chest": "CHEST RIB RIBS THORAX RIPPE RIPPEN COTE COTES COSTILLA COSTILLAS TORACE",
    "skull": "SKULL SCHADEL SCHAEDEL KOPF CRANE CRANEO CRANIO",
}
"""Body Part Examined (0018,0015), PS3.16 annex L, and what devices and tables write beside it, in
English, German, French, Spanish and Italian, in capitals without accents, by our word."""
VIEWS = {
    "frontal": "AP PA",
    "lateral": "LL RL LAT LATERAL",
    "oblique": "LLO RLO OBL OBLIQUE",
}
"""View Position (0018,5101), PS3.3 C.8.1.1, and what devices write beside it, by our word."""
BODY_PART_OF = {term: word for word, terms in BODY_PARTS.items() for term in terms.split()}
VIEW_OF = {term: word for word, terms in VIEWS.items() for term in terms.split()}
SEX_OF = {"F": "female", "M": "male"}
"""Patient's Sex (0010,0040); `O`, other, and what no standard knows is empty."""

DAYS_A_YEAR = 365.25
YEARS = {"D": 1 / DAYS_A_YEAR, "W": 7 / DAYS_A_YEAR, "M": 1 / 12, "Y": 1.0}
OLDEST = 120  # years: birth dates that hide the true one, such as 1900-01-01, give more

Header = Mapping[str, str]
"""The text of each of `KEYWORDS`, empty where the header lacks it."""


@dataclass(frozen=True)
class Described:
    """What a header says; `patient` and `study` are raw text that is hashed before it is written.

    Attributes:
        patient: PatientID without case and punctuation, whoever issued it: of two systems that send
            radiographs of one patient, one may write it otherwise or leave the issuer out. Empty
            where there is none.
        study: StudyInstanceUID, unique in the world.
        body_part: A key of `BODY_PARTS`; empty where unknown.
        view: A key of `VIEWS`; empty where unknown.
        age: Years, at the study; None where unknown.
        sex: `female` or `male`; empty where unknown.
    """

    patient: str
    study: str
    body_part: str
    view: str
    age: float | None
    sex: str


def headers_of(paths: Sequence[str], root: Path) -> tuple[dict[str, Header], dict[str, str]]:
    """Return the headers of DICOM files, and of those without one the reason, by path.

    Args:
        paths: Relative to the root.
        root: Of the data set.
    """
    if not paths:
        return {}, {}
    # Only now: pydicom takes half a second to import, and most data sets need none.
    from fracture.imaging.dicom import read_headers  # noqa: PLC0415

    headers: dict[str, Header] = {}
    faults: dict[str, str] = {}
    found = read_headers([root / path for path in paths], KEYWORDS)
    for path, header in zip(paths, found, strict=True):
        if isinstance(header, UnreadableImage):
            faults[path] = str(header)
        else:
            headers[path] = header
    return headers, faults


def described(header: Header) -> Described:
    """Return what a header says of a radiograph and of its patient.

    Args:
        header: The text of each of `KEYWORDS`.

    Reference:
        DICOM PS3.3 2024, C.7.1 (patient), C.7.2 (study); PS3.5, 6.2 (AS: age, DA: date).
    """
    return Described(
        patient=loose(header["PatientID"]),
        study=header["StudyInstanceUID"],
        body_part=body_part(header["BodyPartExamined"]),
        view=VIEW_OF.get(header["ViewPosition"].upper(), ""),
        age=_age(header),
        sex=SEX_OF.get(header["PatientSex"].upper(), ""),
    )


def body_part(term: str) -> str:
    """Return the body part that a term of any case and punctuation means; empty if unknown."""
    plain = unicodedata.normalize("NFKD", term.upper())
    return BODY_PART_OF.get(re.sub(r"[^A-Z]", "", plain), "")


def years(age: str) -> float | None:
    """Return an age such as `045Y`, `006M`, `012W` or `010D` in years; None if it is none."""
    match = re.fullmatch(r"(\d{1,3})([DWMY])", age.upper())
    return round(int(match[1]) * YEARS[match[2]], 3) if match else None


def _age(header: Header) -> float | None:
    """Return PatientAge in years, else the time from birth to study to a tenth of a year."""
    age = years(header["PatientAge"])
    if age is None:
        try:
            born, taken = (
                datetime.strptime(header[keyword], "%Y%m%d")
                for keyword in ("PatientBirthDate", "StudyDate")
            )
        except ValueError:
            return None
        age = round((taken - born).days / DAYS_A_YEAR, 1)
    return age if 0 <= age <= OLDEST else None
