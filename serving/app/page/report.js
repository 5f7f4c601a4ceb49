// The printable report.

import { showStudies, summary } from "./table.js";
import { finding } from "./finding.js";
import { isScored, make, noteOf, shown, verdictOf } from "./words.js";

/** Fill the report with all results; pictures are as window, level and heat are set. */
export async function fill(element, { results, studies }, model, viewer) {
  const facts = [
    ["System", `${model.system}, version ${model.digest.slice(0, 12)}`],
    ["Trained on", model.dataset + (model.synthetic ? " (drawn radiographs)" : "")],
    ["Printed", new Date().toLocaleString()],
    ["Read by", ""],
  ];
  const rows = results.map(({ row }) => make("tr", {},
    make("th", { scope: "row" }, row.file),
    make("td", {}, !isScored(row) ? "not scored" : verdictOf(row, model)),
    make("td", {}, !isScored(row) ? "–" : shown(row.probability)),
    make("td", {}, noteOf(row))));
  const heads = ["File", "Verdict", "Probability", "Notes"].map((text) => make("th", { scope: "col" }, text));
  const figures = [];
  for (const result of results.filter((each) => each.picture)) {
    const [plain, heat] = await Promise.all(
      [0, viewer.heat || 0.5].map((share) => viewer.picture_of(result, share)));
    figures.push(make("article", {},
      make("h3", {}, result.row.file),
      make("div", { className: "pair" },
        make("img", { src: plain, alt: "Radiograph" }),
        heat !== plain
          ? make("img", { src: heat, alt: `Radiograph under its heat (${result.picture.shown})` }) : null),
      result.picture.heat && heat === plain ? make("p", { className: "hint" }, "No heat anywhere on this radiograph.") : null,
      ...finding(result, model)));
  }
  const studyTable = make("table");
  showStudies(studyTable, studies, model);
  element.replaceChildren(
    make("h1", {}, "Bone fracture classification: report"),
    make("p", { className: "warning" }, make("strong", {}, "Research tool. Not for clinical use.")),
    make("dl", {}, ...facts.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)])),
    make("p", {}, summary(results, model)),
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)),
    ...(studies.length ? [make("h2", {}, "Studies of several radiographs"), studyTable] : []),
    ...figures);
  await Promise.all([...element.querySelectorAll("img")].map((each) => each.decode()));
}
