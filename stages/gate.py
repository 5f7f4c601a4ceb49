"""Look for leaks between the parts of the split; what comes after waits for this one."""

from fracture.artifacts import duplicates, manifest, splits
from fracture.artifacts import gate as gates
from fracture.console import PipelineError, run
from fracture.params import section
from fracture.params.split import Gate
from fracture.splitting.leaks import count_leaks, find_leaks, overview, refusal


def main() -> None:
    """Count the leaks and write what was found, unless the split leaks and may not.

    What an earlier run wrote then stays: it belongs to that run's split and results.
    """
    gate = Gate.read(section.load(), "gate")
    radiographs, parts = manifest.read(), splits.read()
    leaks = find_leaks(radiographs, parts, duplicates.read())
    leakage = count_leaks(radiographs, parts, leaks)
    print(overview(leakage))
    if leaks and gate.on_leak == "fail":
        raise PipelineError(refusal(leakage))
    gates.write(leakage)


if __name__ == "__main__":
    run(main, __doc__)
