// What the page says in words, and how it makes elements.

const POINTS = {
  sensitive: "chosen to miss few fractures: it calls more radiographs that have none",
  specific: "chosen to call few radiographs without a fracture: it misses more fractures",
  balanced: "chosen to weigh misses and false calls alike",
  half: "a probability of one half, as most publications use it",
};

export const VERDICT = { fractured: "bad", unsure: "unsure" };

/** Return an element with properties, attributes (aria-, data-, role, scope) and children. */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Return whether a row holds an answer. */
export const isScored = (row) => typeof row.probability === "number";

/** Return what should make one doubt a row, without what holds for all. */
export const noteOf = (row) => (row.note || "").split("; ").filter(
  (note) => note !== "not for clinical use").join("; ");

/** Return the operating points of a row with what each calls, in words. */
export function pointsOf(row, model) {
  return Object.entries(model.thresholds).map(([name, threshold]) => ({
    name,
    threshold,
    called: row[`call_${name}`],
    words: POINTS[name] || "an operating point of this system",
  }));
}

/** Return what the row calls: its verdict, else the call at the headline's operating point. */
export function verdictOf(row, model) {
  return row.verdict || row[`call_${model.headline}`] || row.class || "";
}

/** Return the body part of a scored row with its probability: of the router, or by its features. */
export function bodyPartOf(row) {
  if (row.router === null || row.body_part === null) {
    return "Body part: not told of a picture that looks unlike the radiographs of the training.";
  }
  if (row.router) return `Body part: ${row.router} (${shown(row[`router_${row.router}`])}).`;
  if (!row.body_part) return "";
  return `Body part: ${row.body_part} (${shown(row[`body_part_${row.body_part}`])}).`;
}

/** Return why the verdict is what it is. */
export function explainVerdict(row, model) {
  if (!row.verdict) {
    return verdictOf(row, model) && row[`call_${model.headline}`]
      ? `Called at the operating point "${model.headline}".` : "";
  }
  const [first, second] = model.classes;
  const { low, high, missed, false_alarms: alarms } = model.unsure;
  // Beyond the last of six decimals no probability passes: validation is too small for the guarantee.
  const [calledBelow, calledAbove] = [low >= 1e-6, high <= 1 - 1e-6];
  const said = [
    ...(calledBelow ? [`"${first}" below ${bound(low)}`] : []), ...(calledAbove ? [`"${second}" from ${bound(high)} on`] : []),
  ].join(" and ");
  const unsaid = [...(calledBelow ? [] : [`"${first}"`]), ...(calledAbove ? [] : [`"${second}"`])].join(" or ");
  const few = unsaid && `; it was chosen on too few radiographs ever to say ${unsaid}`;
  return `It says ${said ? `${said}, else ` : ""}"unsure"${few}. At most ${percent(missed)} of radiographs that are ${second}`
    + ` are expected to be called ${first}, and ${percent(alarms)} of the others ${second}, on radiographs such as those`
    + " on which it was chosen. A picture that looks unlike the radiographs of the training is unsure whatever its probability.";
}

/** Return a threshold, which is never 0 or 1 unless it is that. */
const bound = (threshold) => threshold < 0.001 ? threshold.toPrecision(1)
  : threshold > 0.999 ? threshold.toFixed(6) : shown(threshold);

const percent = (share) => `${Number((100 * share).toFixed(1))} %`;

export const shown = (probability) => probability.toFixed(3);

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ");

/** Return a count with its noun. */
export const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Return the verdict as a coloured mark with its word. */
export function chip(verdict) {
  const kind = VERDICT[verdict] || (verdict ? "good" : "none");
  return make("span", { className: `chip ${kind}` }, verdict ? capital(verdict) : "Not scored");
}
