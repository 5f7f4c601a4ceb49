"""The versions of the registered model, and which of them is the champion."""

import re
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import Model
from tabulate import tabulate

from fracture.artifacts.row import number
from fracture.console import PipelineError
from fracture.imaging.decode import read_bytes
from fracture.imaging.unreadable import UnreadableImage
from fracture.tracking.logged import READY
from fracture.tracking.provenance import git
from fracture.tracking.record import HEADLINE
from fracture.tracking.store import Store
from serving.registry.candidate import Candidate, read_judged, write_contents
from serving.registry.gate import TOLERANCE, Decision, decide, recorded_rows, shown
from serving.registry.model import DIGEST, RADIOGRAPH, RUNTIME, save

NAME, CHAMPION = "bone-fracture", "champion"
DESCRIPTION = (
    f"Systems that this pipeline sealed, each with the predictions by which it was judged. "
    f"`{CHAMPION}` moves only to what is better, or not distinguishable and cheaper, on the same "
    "test radiographs; the reason stands on each version. Not for clinical use."
)
BEFORE, SINCE = "champion_before", "champion_since"
"""Tags of a version that became the champion: whose place it took, and when."""
CONTENTS = "contents"
"""The folder within a version that holds all but code."""


class Registry:
    """The registered model of a store; who writes waits for others, see `fracture.tracking.store`.

    Attributes:
        store: Where it is kept.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._client = store.client
        mlflow.set_tracking_uri(store.location.to_open)

    def register(self, candidate: Candidate, force: bool) -> tuple[str, Decision]:
        """Make a system a version, and the champion where the gate lets it through.

        A bundle that is registered already is held against the champion once more.

        Args:
            candidate: The system.
            force: Make it the champion whatever the comparison says; it must still reproduce its
                recorded predictions.

        Returns:
            Its number, and what was decided, which stands on the version too.

        Raises:
            PipelineError: Its bundle was changed since it was sealed.
        """
        version = self._find(candidate.digest) or self._add(candidate)
        fault = self._fault(candidate, version)
        while True:
            champion = self.champion()
            if champion and str(champion.version) == version:
                return version, Decision(True, f"version {version} is the {CHAMPION} already")
            decision = Decision(False, fault) if fault else self._held(candidate, champion)
            if force and not fault and not decision.moves:
                decision = Decision(True, f"forced, though {decision.reason}")
            now = self.champion()  # of a server, as other machines see it
            if (now and now.version) == (champion and champion.version):
                break
        if decision.moves:
            self._crown(version, champion)
        self._tell(version, decision)
        return version, decision

    def roll_back(self, to: str | None) -> str:
        """Make an earlier champion the champion again, and return its number.

        Args:
            to: Its number; None for the one whose place the present champion took.

        Raises:
            PipelineError: There is none, or the version was never the champion.
        """
        champion = self.champion()
        if champion is None:
            raise PipelineError(f"{NAME} has no {CHAMPION}: make one with `make register`")
        to = to or champion.tags.get(BEFORE)
        past = [str(each.version) for each in self.versions() if SINCE in each.tags]
        if to not in past:
            found = f"version {to} was never" if to else f"version {champion.version} followed no"
            raise PipelineError(
                f"{found} {CHAMPION}; these were: {', '.join(past)}: name one of them"
            )
        self._client.set_registered_model_alias(NAME, CHAMPION, to)
        self._tell(to, Decision(True, f"rolled back to, from version {champion.version}"))
        self._tell(str(champion.version), Decision(False, f"rolled back, to version {to}"))
        return to

    def champion(self) -> ModelVersion | None:
        """Return the version that is the champion; None where there is none."""
        try:
            return self._client.get_model_version_by_alias(NAME, CHAMPION)
        except MlflowException as error:
            if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
                return None
            raise

    def versions(self) -> list[ModelVersion]:
        """Return all versions, the first one first."""
        found = self._client.search_model_versions(f"name = '{NAME}'")
        return sorted(found, key=lambda each: int(each.version))

    def table(self) -> str:
        """Return all versions as people read them; empty where there is none."""
        champion = self.champion()
        rows = [
            {
                "version": each.version,
                "": CHAMPION if champion and each.version == champion.version else "",
                **{name: each.tags.get(name) for name in ("system", "dataset", "test_auroc")},
                "reason": each.tags.get("reason"),
            }
            for each in self.versions()
        ]
        return tabulate(rows, headers="keys", tablefmt="plain", maxcolwidths=[*[None] * 5, 80])

    def _find(self, bundle: str) -> str | None:
        """Return the version that holds a bundle already."""
        same = [each.version for each in self.versions() if each.tags.get(DIGEST) == bundle]
        return str(same[0]) if same else None

    def _add(self, candidate: Candidate) -> str:
        """Log the bundle as a model of its run, make that a version, and return its number."""
        name, client = candidate.judged.name, self._client
        run, tags = self._run_of(name), _tags(candidate)
        with TemporaryDirectory() as folder:
            contents, saved = Path(folder) / CONTENTS, Path(folder) / "model"
            write_contents(candidate, contents)
            described = Model(run_id=run)
            save(saved, contents, described)
            plain = re.sub(r"[/:.%\"']", "_", name)  # what MLflow refuses
            model = client.create_logged_model(
                self.store.experiment, plain, run, tags, model_type="bundle"
            ).model_id
            described.model_id = model
            described.save(str(saved / "MLmodel"))
            client.log_model_artifacts(model, str(saved))
            client.finalize_logged_model(model, READY)
        if not client.search_registered_models(f"name = '{NAME}'"):
            client.create_registered_model(NAME, description=DESCRIPTION)
        made = client.create_model_version(NAME, f"models:/{model}", run, tags, model_id=model)
        return str(made.version)

    def _run_of(self, system: str) -> str | None:
        """Return the run of the headline system, if `track` has written it."""
        found = self._client.search_runs([self.store.experiment], f"tags.{HEADLINE} = 'yes'")
        named = [run for run in found if run.info.run_name.partition(" (")[0] == system]
        return named[0].info.run_id if named else None

    def _fault(self, candidate: Candidate, version: str) -> str:
        """Return in words how a loaded version differs from its records; empty if it does not."""
        rows = recorded_rows(candidate.judged.predictions)
        try:
            # The pipeline predicts with Keras; another runtime differs in later digits.
            loaded = {RUNTIME: "keras"}
            model = mlflow.pyfunc.load_model(f"models:/{NAME}/{version}", model_config=loaded)
            contents = [read_bytes(candidate.files[one]) for one in rows["id"]]
        except PipelineError as error:
            return f"it cannot be loaded: {error}"
        except UnreadableImage as error:
            raise PipelineError(f"a radiograph of the test part is {error}: put it back") from None
        found = model.predict(pd.DataFrame({RADIOGRAPH: contents}))["probability"]
        expected = shown(rows, candidate.judged.scores.images.temperature)
        differences = np.abs(found.to_numpy(np.float64) - expected)
        if (differences <= TOLERANCE).all():
            return ""
        return (
            f"it does not reproduce its recorded predictions: of {len(rows)} radiographs, "
            f"{int((~(differences <= TOLERANCE)).sum())} differ by more than {TOLERANCE:g}, at "
            f"most by {np.nanmax(differences):.2g}"
        )

    def _held(self, candidate: Candidate, champion: ModelVersion | None) -> Decision:
        """Hold a candidate against the champion, by the predictions that travel with that."""
        if champion is None:
            return decide(candidate.judged, None, candidate.seed)
        address = f"models:/{NAME}/{champion.version}/data/{CONTENTS}"
        called = f"version {champion.version} ({champion.tags.get('system')})"
        with TemporaryDirectory() as folder:
            there = mlflow.artifacts.download_artifacts(address, dst_path=folder)
            try:
                judged = read_judged(Path(there), called)
            except PipelineError as error:
                return Decision(False, f"not comparable with {called}: {error}")
        return decide(candidate.judged, judged, candidate.seed)

    def _crown(self, version: str, before: ModelVersion | None) -> None:
        self._client.set_registered_model_alias(NAME, CHAMPION, version)
        self._client.set_model_version_tag(NAME, version, SINCE, str(int(time.time() * 1000)))
        if before:
            self._client.set_model_version_tag(NAME, version, BEFORE, str(before.version))
            self._tell(str(before.version), Decision(False, f"followed by version {version}"))

    def _tell(self, version: str, decision: Decision) -> None:
        """Let the reason stand on a version: as a tag, and above what stands there already."""
        place = f"{'Champion' if decision.moves else 'Not the champion'}: {decision.reason}."
        before = self._client.get_model_version(NAME, version).description or ""
        text = f"{place}\n\n{before}".strip()
        self._client.update_model_version(NAME, version, text)
        self._client.set_model_version_tag(NAME, version, "reason", decision.reason)


def _tags(candidate: Candidate) -> dict[str, str]:
    """Return the tags of a version: what it is and what it was judged on."""
    judged = candidate.judged
    tags = {
        "system": judged.name,
        "target": judged.scores.target,
        "dataset": judged.scores.dataset,
        "synthetic": str(judged.scores.synthetic).lower(),
        "test_auroc": number(judged.scores.auroc.value),
        "judged_on": judged.scores.sample,
        DIGEST: candidate.digest,
    }
    if revision := git("rev-parse", "HEAD"):
        tags["git_revision"] = revision
    return tags
