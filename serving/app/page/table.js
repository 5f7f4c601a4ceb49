// The table of results.

import { chip, count, isScored, make, noteOf, shown, verdictOf } from "./words.js";

const SORTS = {
  file: (one, other) => one.row.file.localeCompare(other.row.file, undefined, { numeric: true }),
  probability: (one, other) => (other.row.probability ?? -1) - (one.row.probability ?? -1),
};

export class Table {
  constructor(element, open) {
    this.element = element;
    this.open = open;
    this.sort = null;
    this.descending = false;
  }

  /** Show results; `current` is the one that is open. */
  show(results, model, current) {
    const head = make("tr", {},
      this.#sortable("file", "File", "ascending"),
      make("th", { scope: "col" }, "Verdict"),
      this.#sortable("probability", "Probability", "descending"),
      make("th", { scope: "col", className: "wide" }, "Called at"),
      make("th", { scope: "col", className: "wide" }, "Notes"));
    const body = make("tbody");
    this.ordered = this.#ordered(results);
    for (const result of this.ordered) body.append(this.#row(result, model, result === current));
    const focused = this.element.contains(document.activeElement) && document.activeElement.dataset.key;
    this.element.querySelectorAll("thead, tbody").forEach((part) => part.remove());
    this.element.append(make("thead", {}, head), body);
    if (focused) this.element.querySelector(`[data-key="${focused}"]`)?.focus();
    this.repaint = () => this.show(results, model, current);
  }

  #ordered(results) {
    if (!this.sort) return [...results];
    const sorted = [...results].sort(SORTS[this.sort]);
    return this.descending ? sorted.reverse() : sorted;
  }

  #sortable(name, text, first) {
    const other = first === "ascending" ? "descending" : "ascending";
    const active = this.sort === name;
    const direction = active ? (this.descending ? other : first) : "none";
    const mark = { ascending: " ▲", descending: " ▼", none: "" }[direction];
    return make("th", { scope: "col", "aria-sort": direction },
      make("button", {
        type: "button", className: "sort", "data-key": `sort-${name}`,
        onclick: () => {
          this.descending = active ? !this.descending : false;
          this.sort = name;
          this.repaint();
        },
      }, text, make("span", { "aria-hidden": "true" }, mark)));
  }

  #row(result, model, current) {
    const { row } = result;
    const button = make("button", {
      type: "button", className: "file", "data-key": `file-${result.number}`, title: row.file,
      onclick: () => this.open(result),
    }, row.file);
    if (current) button.setAttribute("aria-current", "true");
    return make("tr", { className: current ? "current" : "" },
      make("th", { scope: "row" }, button), ...answer(row, model, bar));
  }
}

/** Return the cells of an answer; `measure` shows its probability. */
function answer(row, model, measure) {
  const scored = isScored(row);
  return [
    make("td", {}, chip(scored ? verdictOf(row, model) : "")),
    make("td", { className: "number" }, scored ? measure(row, model) : "–"),
    make("td", { className: "wide" }, scored ? calls(row, model) : "–"),
    make("td", { className: "wide note" }, noteOf(row)),
  ];
}

/** Return the operating points at which a fracture is called. */
function calls(row, model) {
  const points = Object.keys(model.thresholds);
  const calling = points.filter((point) => row[`call_${point}`] === model.classes.at(-1));
  const text = calling.length > 1 && calling.length === points.length ? "all points" : calling.join(", ");
  return make("span", { className: text ? "call yes" : "call" }, text || "none");
}

/** Return a probability with a bar on which the operating points are marked. */
export function bar(row, model) {
  const fill = make("span", { className: "fill" });
  fill.style.width = `${100 * row.probability}%`;
  const ticks = Object.values(model.thresholds).map((threshold) => {
    const tick = make("span", { className: "tick" });
    tick.style.left = `${100 * threshold}%`;
    return tick;
  });
  return make("span", { className: "measure" }, make("span", {}, shown(row.probability)),
    make("span", { className: "track", "aria-hidden": "true" }, fill, ...ticks));
}

/** Return in one line how many radiographs got which verdict. */
export function summary(results, model) {
  const verdicts = new Map();
  for (const { row } of results) {
    const verdict = !isScored(row) ? "not scored" : verdictOf(row, model);
    verdicts.set(verdict, (verdicts.get(verdict) || 0) + 1);
  }
  const parts = [...verdicts].map(([verdict, number]) => `${number} ${verdict}`);
  return `${count(results.length, "radiograph")}: ${parts.join(", ")}.`;
}

const STUDY = { Study: "", Verdict: "", Probability: "", "Called at": "wide", Notes: "wide" };

/** Show the rows of studies that hold several radiographs. A study has thresholds of its own: no bar. */
export function showStudies(element, studies, model) {
  element.querySelectorAll("thead, tbody").forEach((part) => part.remove());
  if (!studies.length) return;
  element.append(
    make("thead", {}, make("tr", {}, ...Object.entries(STUDY).map(
      ([name, className]) => make("th", { scope: "col", className }, name)))),
    make("tbody", {}, ...studies.map((row) => make("tr", {},
      make("th", { scope: "row", className: "study" }, row.study, make("span", {}, count(row.radiographs, "radiograph"))),
      ...answer(row, model, () => shown(row.probability))))));
}
