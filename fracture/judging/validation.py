"""One model on another data set: scored as on its own test part, and what is lost between them."""

from fracture.artifacts.scores import Estimate, Level, Part
from fracture.judging.bootstrap import Bootstrap, percentiles, resample
from fracture.judging.judge import Calibrated, judge
from fracture.judging.sample import Sample
from fracture.judging.scores import auroc
from fracture.judging.tally import tally
from fracture.params.evaluate import Evaluate


def validate(
    internal: Sample, external: Sample, chosen: Level, evaluate: Evaluate, seed: int
) -> tuple[Part, Estimate]:
    """Return the scores on the external sample, and the drop of the AUROC from internal to it.

    The samples are of different patients, so each is resampled by itself.

    Args:
        internal: The model's own test part.
        external: Radiographs that it never saw; of one class, the AUROC is undefined.
        chosen: Its temperature and thresholds, which stay as validation chose them.
        evaluate: The bootstrap.
        seed: Of the internal bootstrap; the external one takes the next.
    """
    draws, confidence = evaluate.draws, evaluate.confidence
    part = judge(
        [Calibrated(external, chosen.temperature, chosen.thresholds)],
        Bootstrap(draws, confidence, seed + 1),
    )
    lost = resample(internal, auroc, draws, seed) - resample(external, auroc, draws, seed + 1)
    value = float(auroc(tally(internal))[0] - auroc(tally(external))[0])
    return part, Estimate.rounded(value, *percentiles(lost, confidence))
