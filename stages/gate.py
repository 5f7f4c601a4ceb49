"""Look for leaks between the parts of the split; what comes after waits for this one."""

from fracture.artifacts import duplicates, manifest, splits
from fracture.artifacts import gate as verdicts
from fracture.artifacts.atomic import write_json
from fracture.console import PipelineError, run
from fracture.params import section
from fracture.params.gate import Gate
from fracture.splitting.leaks import find_leaks
from fracture.splitting.verdict import judge, overview, refusal


def main() -> None:
    """Print the verdict and write it, unless the split leaks and may not.

    What an earlier run left then stays: its verdict belongs to its split and its results.
    """
    gate = Gate.parse(section.value_at(section.load(), "gate"), "gate")
    radiographs, parts = manifest.read(), splits.read()
    leaks = find_leaks(radiographs, parts, duplicates.read())
    verdict = judge(radiographs, parts, leaks)
    print(overview(verdict))
    if leaks and gate.on_leak == "fail":
        raise PipelineError(refusal(verdict))
    write_json(verdicts.PATH, verdict)


if __name__ == "__main__":
    run(main, __doc__)
