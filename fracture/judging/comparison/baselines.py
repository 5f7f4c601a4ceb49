"""What the audit reaches without a network, to stand beside the models."""

from fracture.artifacts.audit import Audit, auroc
from fracture.artifacts.comparison import Baseline
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError


def baselines(audit: Audit, scores: Scores) -> list[Baseline]:
    """Return the hash look-up and the best shortcut, the latter unless no column varies.

    Args:
        audit: Of the data set and its split.
        scores: Of any of the models.

    Raises:
        PipelineError: The audit is of another test part than the scores.
    """
    lookup, best = audit.hash_lookup["our_split"], audit.best_shortcut
    test = scores.images.test
    audited = audit.dataset, best["n"], best["positives"]
    if audited != (scores.dataset, test.n, test.positives):
        raise PipelineError(
            f"the audit is of {audited[0]}, test part: {audited[1]} radiographs, {audited[2]} "
            f"fractured; the models were scored on {scores.basis}: run `dvc repro audit evaluate`"
        )
    found = [Baseline(name="hash look-up", validation_auroc=None, auroc=auroc(lookup))]
    if best["column"] is not None:
        name = f"shortcut: {best['column'].replace('_', ' ')}"
        found.append(
            Baseline(name=name, validation_auroc=best["validation_auroc"], auroc=auroc(best))
        )
    return found
