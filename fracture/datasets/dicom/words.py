"""DICOM's terms for what a radiograph shows, in the words of this project."""

import re

BODY_PARTS = {
    "FINGER": "finger",
    "THUMB": "finger",
    "HAND": "hand",
    "WRIST": "wrist",
    "FOREARM": "forearm",
    "RADIUS": "forearm",
    "ULNA": "forearm",
    "RADIUSULNA": "forearm",
    "ELBOW": "elbow",
    "HUMERUS": "humerus",
    "UPPERARM": "humerus",
    "SHOULDER": "shoulder",
    "CLAVICLE": "clavicle",
    "SCAPULA": "scapula",
    "TOE": "toe",
    "FOOT": "foot",
    "HEEL": "foot",
    "CALCANEUS": "foot",
    "ANKLE": "ankle",
    "LEG": "leg",
    "LOWERLEG": "leg",
    "LOWLEG": "leg",
    "TIBIA": "leg",
    "FIBULA": "leg",
    "TIBIAFIBULA": "leg",
    "KNEE": "knee",
    "PATELLA": "knee",
    "FEMUR": "femur",
    "THIGH": "femur",
    "UPPERLEG": "femur",
    "HIP": "hip",
    "PELVIS": "pelvis",
    "SPINE": "spine",
    "CSPINE": "spine",
    "TSPINE": "spine",
    "LSPINE": "spine",
    "CHEST": "chest",
    "RIB": "chest",
    "SKULL": "skull",
}
"""Body Part Examined (0018,0015), PS3.16 annex L, and what devices write beside it."""

VIEWS = {
    "AP": "frontal",
    "PA": "frontal",
    "LL": "lateral",
    "RL": "lateral",
    "LAT": "lateral",
    "LATERAL": "lateral",
    "LLO": "oblique",
    "RLO": "oblique",
    "OBL": "oblique",
    "OBLIQUE": "oblique",
}
"""View Position (0018,5101), PS3.3 C.8.1.1, and what devices write beside it."""


def body_part(term: str) -> str:
    """Return the body part, in any case and punctuation; empty where the term is none of ours."""
    return BODY_PARTS.get(re.sub(r"[^A-Z]", "", term.upper()), "")
