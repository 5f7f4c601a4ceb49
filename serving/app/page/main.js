// The page: what happens when.

import * as api from "./api.js";
import { asCsv, dropped, save } from "./files.js";
import { finding } from "./finding.js";
import { fill } from "./report.js";
import { Table, showStudies, summary } from "./table.js";
import { Viewer } from "./viewer.js";
import { count, make, shown } from "./words.js";

const at = (id) => document.getElementById(id);
const viewer = new Viewer(at("canvas"));
const table = new Table(at("table"), open);
let model = null;
let results = [];
let studies = [];
let current = null;
let running = null;

async function begin() {
  try {
    model = await api.model();
  } catch (error) {
    if (error.status === 401) { at("key-dialog").showModal(); return; }
    fail(error);
    return;
  }
  describe();
  await api.ready(() => say("The system is being loaded …")).then(() => say(""), fail);
}

function describe() {
  const drawn = model.synthetic;
  at("system").textContent = `${model.system} · ${model.digest.slice(0, 8)}`;
  at("caution").textContent = drawn
    ? "This system was trained on drawn radiographs: what it says of patients means nothing."
    : `Trained on ${model.dataset}; wrong on some radiographs, and more often on others than those.`;
  at("keeping").textContent = model.keeps
    ? "This server keeps radiographs, results and corrections."
    : "They stay in memory; nothing is kept.";
  const facts = {
    System: `${model.system}: ${model.made_of}`,
    Version: model.digest,
    "Trained on": model.dataset + (drawn ? " (drawn radiographs)" : ""),
    Predicts: model.classes.join(", "),
    "Operating points": Object.entries(model.thresholds).map(([name, from]) => `${name} from ${shown(from)}`).join(", "),
    Limits: `${model.limits.files} files and ${model.limits.request_mib} MiB a request, ${model.limits.file_mib} MiB a file`,
  };
  at("facts").replaceChildren(...Object.entries(facts).filter(([, text]) => text).flatMap(
    ([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));
  at("card").textContent = model.card;
  at("curl").textContent = `curl -F files=@knee.png -F files=@hand.dcm ${location.origin}/v1/predict`;
}

async function run(files) {
  if (running || !model) return;
  if (!files.length) { fail(new Error("No file was found there.")); return; }
  at("error").hidden = true;
  const cancelling = new AbortController();
  running = cancelling;
  at("running").hidden = false;
  document.body.classList.add("busy");
  let done = 0;
  try {
    for (const group of api.grouped(files, model.limits)) {
      const before = results.length;
      await api.predict(group, {
        signal: cancelling.signal,
        sent: (share) => {
          if (share < 1) say(`Sending: ${Math.round(100 * share)} %`);
          else if (done === 0) say(`Scoring ${count(files.length, "radiograph")} …`);
        },
        line: (line) => {
          if (line.studies) { studies.push(...line.studies.filter((row) => row.radiographs > 1)); return; }
          results.push({ ...line, number: before + line.place });
          done += 1;
          at("progress").value = done / files.length;
          say(`${done} of ${count(files.length, "radiograph")}`);
          show();
          if (!current) open(results[0], false);
        },
      });
    }
    say(`Done: ${count(done, "radiograph")}.`);
  } catch (error) {
    say(done ? `${done} of ${count(files.length, "radiograph")} before it ended.` : "");
    fail(error);
  } finally {
    running = null;
    at("running").hidden = true;
    at("progress").value = 0;
    document.body.classList.remove("busy");
    show();
  }
}

function show() {
  at("work").hidden = results.length === 0;
  document.body.classList.toggle("filled", results.length > 0);
  if (!results.length) return;
  at("summary").textContent = summary(results, model);
  table.show(results, model, current);
  at("studies").hidden = studies.length === 0;
  showStudies(at("study-table"), studies, model);
}

async function open(result, focus = true) {
  current = result;
  show();
  at("reading-title").textContent = result.row.file;
  at("finding").replaceChildren(...finding(result, model));
  at("shown").textContent = result.picture?.shown
    ? `Heat: ${result.picture.shown}, where the system sees what it says. It is no outline of a fracture.` : "";
  at("correction").hidden = !result.row.kept;
  at("stored").textContent = result.said || "";
  for (const id of ["heat", "level", "window", "invert", "window-reset", "zoom-in", "zoom-out", "zoom-fit"]) {
    at(id).disabled = !result.picture;
  }
  at("heat").disabled = !result.picture?.heat;
  marking(false);
  at("canvas").setAttribute("aria-label", result.picture
    ? `Radiograph ${result.row.file} under its heat` : `No picture of ${result.row.file}`);
  await viewer.show(result);
  if (result === current && result.picture?.heat && !viewer.picture?.heat) {
    at("heat").disabled = true;
    at("shown").textContent = `Heat: ${result.picture.shown}, which is nothing anywhere on this radiograph.`;
  }
  if (focus && matchMedia("(max-width: 60rem)").matches) at("reading").scrollIntoView();
}

function step(by) {
  const place = table.ordered.indexOf(current) + by;
  if (table.ordered[place]) open(table.ordered[place], false);
}

function say(text) { at("status").textContent = text; }

function fail(error) {
  at("error").textContent = error.message;
  at("error").hidden = false;
}

function marking(on) {
  at("store").hidden = at("unmark").hidden = !on;
  at("mark").hidden = on;
  at("mark-help").textContent = on
    ? "Drag a box around the fracture on the radiograph, or click on it. Arrow keys move the box, with Shift they size it."
    : "Stored beside the result on this server, for the next training.";
  if (!on) viewer.endMark();
}

async function correct(said) {
  const result = current;
  try {
    await api.correct({ result: result.row.kept, ...said });
    result.said = said.fractured ? "Stored: fracture here." : "Stored: no fracture.";
    marking(false);
  } catch (error) {
    result.said = `Not stored: ${error.message}`;
  }
  if (result === current) at("stored").textContent = result.said;
}

function expose() {
  viewer.expose({
    level: Number(at("level").value), window: Number(at("window").value), invert: at("invert").checked,
  });
  at("level-value").textContent = at("level").value;
  at("window-value").textContent = at("window").value;
}

function warm() {
  viewer.heat = Number(at("heat").value) / 100;
  at("heat-value").textContent = `${at("heat").value} %`;
  viewer.draw();
}

function listen() {
  const click = (id, action) => at(id).addEventListener("click", action);
  at("files").addEventListener("change", (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    run(files);
  });
  addEventListener("dragover", (event) => { event.preventDefault(); at("drop").classList.add("over"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) at("drop").classList.remove("over"); });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    at("drop").classList.remove("over");
    run(await dropped(event.dataTransfer));
  });
  click("cancel", () => running?.abort());
  click("clear", () => { results = []; studies = []; current = null; say(""); show(); at("files").focus(); });
  click("csv", () => save(asCsv(results.map(({ row }) => row)), "radiographs.csv"));
  click("print", async () => {
    await fill(at("report"), { results, studies }, model, viewer);
    document.body.classList.add("reporting");
    print();
  });
  addEventListener("afterprint", () => document.body.classList.remove("reporting"));
  click("previous", () => step(-1));
  click("next", () => step(1));
  click("zoom-in", () => viewer.zoom(1.5));
  click("zoom-out", () => viewer.zoom(1 / 1.5));
  click("zoom-fit", () => viewer.fit());
  click("window-reset", () => {
    Object.assign(at("level"), { value: 128 });
    Object.assign(at("window"), { value: 256 });
    at("invert").checked = false;
    expose();
  });
  for (const id of ["level", "window", "invert"]) at(id).addEventListener("input", expose);
  at("heat").addEventListener("input", warm);
  click("mark", () => { if (viewer.picture) { viewer.beginMark(); marking(true); } });
  click("unmark", () => marking(false));
  click("no-fracture", () => correct({ fractured: false }));
  at("correction").addEventListener("submit", (event) => {
    event.preventDefault();
    if (viewer.mark) correct({ fractured: true, boxes: [viewer.box()] });
  });
  at("key-form").addEventListener("submit", () => { api.setKey(at("key").value); begin(); });
}

listen();
expose();
warm();
begin();
