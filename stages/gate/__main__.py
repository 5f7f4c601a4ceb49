"""Look for leaks between the parts of the split; what comes after waits for this one."""

from stages.artifacts import duplicates, manifest, splits
from stages.artifacts import gate as verdicts
from stages.artifacts.atomic import write_json
from stages.console import PipelineError, run
from stages.gate.leaks import find_leaks
from stages.gate.verdict import judge, overview, refusal
from stages.params import section
from stages.params.gate import Gate


def main() -> None:
    """Print the verdict and write it, unless the split leaks and may not.

    What an earlier run left then stays: its verdict belongs to its split and its results.
    """
    gate = Gate.parse(section.at(section.load(), "gate"), "gate")
    radiographs, parts = manifest.read(), splits.read()
    leaks = find_leaks(radiographs, parts, duplicates.read())
    verdict = judge(radiographs, parts, leaks)
    print(overview(verdict))
    if leaks and gate.on_leak == "fail":
        raise PipelineError(refusal(verdict))
    write_json(verdicts.PATH, verdict)


if __name__ == "__main__":
    run(main, __doc__)
