"""The service: its routes."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from fracture.artifacts.bundle import Bundle
from fracture.console import PipelineError
from fracture.inference import Answer, Refusal
from serving.answers import describe, radiograph_rows, similar_to, study_rows
from serving.app.batches import Batches
from serving.app.guard import Guard
from serving.app.limits import Limits
from serving.app.measures import Measures
from serving.app.problems import Problem, told_as_problems
from serving.app.uploads import Upload, read_uploads
from serving.app.work import Job
from serving.app.worker import Seen, Worker, memory
from serving.kept import Box, Correction, Kept

LOG = logging.getLogger("serving.app")
PAGE = Path(__file__).with_name("page")
STREAM = "application/x-ndjson"
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "JPEG, PNG, TIFF, BMP, WebP or DICOM",
                        }
                    },
                }
            }
        },
    }
}


@dataclass(frozen=True)
class Served:
    """What a service is made of.

    Attributes:
        bundle: Of the system.
        card: Its model card, Markdown.
        worker: Loads the system; not started yet.
        limits: What is taken from a client.
        keys: Digests of the API keys; none: everybody may ask.
        hosts: Names that it goes by; none: it answers to any.
        kept: Where results are kept; None: nowhere.
    """

    bundle: Bundle
    card: str
    worker: Worker
    limits: Limits
    keys: Sequence[bytes] = ()
    hosts: Collection[str] = ()
    kept: Kept | None = None


class CorrectionBody(BaseModel):
    """What a reader says of a result that is kept.

    Attributes:
        result: The id in the column `kept`.
        fractured: Whether there is a fracture.
        boxes: Where: left, top, right, bottom in pixels of the upright radiograph.
    """

    model_config = ConfigDict(extra="forbid")

    result: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    fractured: StrictBool
    boxes: Annotated[list[Box], Field(max_length=50)] = []


def create(served: Served, ended: Callable[[str], None] = LOG.error) -> FastAPI:
    """Return the service; its worker starts with it and ends with it.

    Args:
        served: What it is made of.
        ended: Called with the reason where the system cannot be loaded: then nothing is answered.
    """
    service = _Service(served, ended)
    app = FastAPI(
        title=f"Bone fracture classification: {served.bundle.system}",
        description="A research tool, not for clinical use.",
        version=served.bundle.digest[:12],
        lifespan=service.lifespan,
        docs_url=None,  # its assets come from elsewhere: /openapi.json holds all
        redoc_url=None,
    )
    told_as_problems(app)
    app.post("/v1/predict", openapi_extra=FORM)(service.predict)
    app.post("/v1/corrections", status_code=HTTPStatus.CREATED)(service.correct)
    app.get("/v1/model")(service.model)
    app.get("/healthz")(service.health)
    app.get("/metrics", response_class=Response)(service.metrics)
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    app.add_middleware(
        Guard,
        limits=served.limits,
        keys=served.keys,
        hosts=served.hosts,
        measures=service.measures,
    )
    return app


class _Service:
    """The routes, and what they share."""

    def __init__(self, served: Served, ended: Callable[[str], None]) -> None:
        self._served, self._ended, self.measures = served, ended, Measures()
        most, told = served.limits.batch, self.measures.batches.observe
        self._batches = Batches(served.worker, most, told)

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Load the system while the service already says that it is starting."""
        running = asyncio.create_task(self._batches.run())
        running.add_done_callback(self._tell_end)
        yield
        running.cancel()
        await asyncio.to_thread(self._served.worker.stop)

    def _tell_end(self, running: asyncio.Task[None]) -> None:
        if not running.cancelled() and (error := running.exception()) is not None:
            told = isinstance(error, PipelineError)
            self._ended(str(error) if told else f"the queue ended: {type(error).__name__}")

    async def predict(self, request: Request, heat: bool = False) -> Response:
        """Score radiographs: a row each, a row a study, and with `heat` where the system sees it.

        With `Accept: application/x-ndjson` each radiograph is a line as soon as it is scored, and
        the studies are the last one.
        """
        uploads = await read_uploads(request, self._served.limits)
        lines = self._lines(uploads, heat)
        if STREAM in request.headers.get("accept", ""):
            texts = (json.dumps(line) + "\n" async for line in lines)
            return StreamingResponse(texts, media_type=STREAM)
        *radiographs, last = [line async for line in lines]
        rows = [line["row"] for line in radiographs]
        if all(row["probability"] is None for row in rows):
            reasons = "; ".join(dict.fromkeys(row["note"] for row in rows))
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"no radiograph: {reasons}")
        pictures, similar = ([line[key] for line in radiographs] for key in ("picture", "similar"))
        answer = {**describe(self._served.bundle), "radiographs": rows, "similar": similar, **last}
        return JSONResponse({**answer, "pictures": pictures} if heat else answer)

    async def _lines(self, uploads: Sequence[Upload], heat: bool) -> AsyncIterator[dict[str, Any]]:
        """Yield a row for each upload, with its picture, and at last the rows of the studies."""
        bundle, seen = self._served.bundle, list[Seen]()
        sized = self._served.kept is not None
        jobs = [Job(upload.content, heat, sized) for upload in uploads]
        async for one in self._batches.look(jobs):
            upload, place = uploads[len(seen)], len(seen)
            seen.append(one)
            self.measures.radiographs.labels(_outcome(one.answer)).inc()
            row: dict[str, Any] = {**radiograph_rows([upload.name], [one.answer], bundle)[0]}
            if isinstance(one.answer, Answer):
                if heat or sized:
                    row |= {"width": one.width, "height": one.height}
                row |= await self._keep(upload, one, row)
            similar = similar_to(one.answer, pictures=heat)
            yield {"place": place, "row": row, "similar": similar, "picture": _picture(one)}
        # Two uploads of one name are two studies.
        studies = [one.study or f"{uploads[at].name} ({at + 1})" for at, one in enumerate(seen)]
        yield {"studies": study_rows(studies, [one.answer for one in seen], bundle)}

    async def _keep(self, upload: Upload, seen: Seen, row: dict[str, Any]) -> dict[str, str]:
        if self._served.kept is None:
            return {}
        size = seen.width, seen.height
        keep = self._served.kept.keep
        return {"kept": await asyncio.to_thread(keep, upload.content, size, row)}

    async def correct(self, said: CorrectionBody) -> dict[str, str]:
        """Store what a reader says of a result, where the service keeps results."""
        if self._served.kept is None:
            raise Problem(HTTPStatus.NOT_FOUND, "this service keeps nothing: start it with --keep")
        correction = Correction(said.fractured, said.boxes)
        try:
            await asyncio.to_thread(self._served.kept.correct, said.result, correction)
        except KeyError:
            raise Problem(HTTPStatus.NOT_FOUND, "no such result is kept") from None
        except ValueError as error:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None
        return {"stored": said.result}

    async def model(self) -> dict[str, Any]:
        """Tell what the system is, its card, its version and the limits of the service."""
        bundle = self._served.bundle
        return {
            **describe(bundle),
            "where": bundle.where,
            "networks_sha256": {name: each.sha256 for name, each in bundle.networks.items()},
            "limits": asdict(self._served.limits),
            "keeps": self._served.kept is not None,
            "card": self._served.card,
        }

    async def health(self) -> JSONResponse:
        """Tell whether the system is loaded: `ready`, else `starting` with status 503."""
        if self._served.worker.ready:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "starting"}, HTTPStatus.SERVICE_UNAVAILABLE)

    async def metrics(self) -> Response:
        """Tell Prometheus what happened."""
        worker = self._served.worker
        text = self.measures.text(
            ready=worker.ready,
            waiting_radiographs=self._batches.waiting,
            worker_starts=worker.starts,
            worker_memory_bytes=memory(worker.process_id),
        )
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _outcome(answer: Answer | Refusal) -> str:
    return "refused" if isinstance(answer, Refusal) else answer.verdict or "scored"


def _picture(seen: Seen) -> dict[str, str] | None:
    if not seen.radiograph:
        return None
    encoded = (base64.b64encode(each).decode() for each in (seen.radiograph, seen.heat))
    return {"shown": seen.shown, **dict(zip(("radiograph", "heat"), encoded, strict=True))}
