"""What the scores are called and what they say, in one sentence each."""

SCORES = {
    "auroc": (
        "AUROC",
        (
            "How often a fractured radiograph gets a higher probability than one without a "
            "fracture, over all such pairs: 0.5 is guessing, 1 is perfect order."
        ),
    ),
    "average_precision": (
        "average precision",
        (
            "The mean precision over the fractured radiographs, the most probable first: guessing "
            "gets the share of fractured ones, 1 is perfect."
        ),
    ),
    "sensitivity_at_specificity_90": (
        "sensitivity at specificity 0.90",
        (
            "The most fractures that can be found while at least 90 % of the radiographs without "
            "one are called so; the threshold is found on the same radiographs."
        ),
    ),
    "sensitivity_at_specificity_95": (
        "sensitivity at specificity 0.95",
        "Likewise, while at least 95 % of the radiographs without a fracture are called so.",
    ),
    "specificity_at_sensitivity_90": (
        "specificity at sensitivity 0.90",
        (
            "The most radiographs without a fracture that can be called so while at least 90 % of "
            "the fractures are found; the threshold is found on the same radiographs."
        ),
    ),
    "specificity_at_sensitivity_95": (
        "specificity at sensitivity 0.95",
        "Likewise, while at least 95 % of the fractures are found.",
    ),
    "log_loss": (
        "log loss",
        (
            "How surprised the probabilities are by what is so, in nats: 0 is certain and right, "
            "less is better."
        ),
    ),
    "brier": (
        "Brier score",
        "The mean squared distance of probability and label: 0 is perfect, less is better.",
    ),
    "calibration_error": (
        "calibration error",
        (
            "How far the probabilities lie from the shares of fractured radiographs, on average "
            "over ten bins of equally many: 0 is perfect, less is better."
        ),
    ),
    "accuracy": ("accuracy", "The share of radiographs that are called rightly."),
    "balanced_accuracy": (
        "balanced accuracy",
        "The mean of sensitivity and specificity: 0.5 is guessing.",
    ),
    "sensitivity": (
        "sensitivity",
        "The share of the fractured radiographs that are called fractured; also called recall.",
    ),
    "specificity": (
        "specificity",
        "The share of the radiographs without a fracture that are called so.",
    ),
    "precision": (
        "PPV",
        (
            "Positive predictive value: the share of the radiographs called fractured that are; it "
            "falls where fractures are rarer. Also called precision."
        ),
    ),
    "negative_predictive_value": (
        "NPV",
        (
            "Negative predictive value: the share of the radiographs called not fractured that are "
            "not; it falls where fractures are more frequent."
        ),
    ),
    "f1": ("F1", "The harmonic mean of sensitivity and PPV."),
    "kappa": (
        "kappa",
        (
            "Agreement of the calls with the labels beyond what chance gives (Cohen): 0 is chance, "
            "1 is perfect."
        ),
    ),
    "mcc": (
        "MCC",
        "The correlation of the calls with the labels (Matthews): 0 is chance, 1 is perfect.",
    ),
}
"""By the name in the artifacts: title, meaning."""

TERMS = {
    "interval": (
        "The range that values of a score take when whole groups of test radiographs are drawn "
        "again and again, with replacement; the wider, the less is known."
    ),
    "group": (
        "Radiographs that belong together, such as those of one patient or copies of one "
        "exposure; a group must not stand in two parts of the split."
    ),
    "validation and test": (
        "Validation chooses: epochs, thresholds, temperature, the model. Test chooses nothing, "
        "and is what scores are reported on."
    ),
    "operating point": (
        "A threshold: from this probability on a radiograph is called fractured. Unless it "
        "is fixed beforehand, validation chooses it, and what it promises may not hold on test."
    ),
    "temperature": (
        "One number, fitted on validation, that makes probabilities less sure (above 1) or surer "
        "(below 1) and leaves their order as it is."
    ),
    "not distinguishable": (
        "The test radiographs do not tell which of two models is better; it does not mean that "
        "they are equal."
    ),
    "p, Holm": (
        "How often a difference this large would come from chance alone, raised for the number of "
        "comparisons made (Holm)."
    ),
    "pointing game": (
        "The share of fractured radiographs in which the hottest pixel of the heatmap lies in a "
        "box that marks a fracture."
    ),
    "energy in boxes": "The mean share of the heat that lies in the boxes.",
}
"""Further words of the page."""


def title(score: str) -> str:
    """Return what a score is called; a score that is not in the table keeps its name."""
    return SCORES[score][0] if score in SCORES else score.replace("_", " ")
