// What the system says of one radiograph, in words.

import { bar } from "./table.js";
import { bodyPartOf, capital, chip, explainVerdict, isScored, make, noteOf, pointsOf, shown, verdictOf } from "./words.js";

/** Return the elements that tell a result. */
export function finding(result, model) {
  const { row } = result;
  if (!isScored(row)) {
    return [make("p", { className: "verdict" }, chip("")), make("p", {}, capital(noteOf(row)))];
  }
  const points = pointsOf(row, model).map((point) => make("li", {},
    make("strong", {}, capital(point.name)), `, from ${shown(point.threshold)} on: `,
    make("span", { className: point.called === model.classes.at(-1) ? "call yes" : "call" }, point.called),
    make("span", { className: "words" }, ` ${capital(point.words)}.`)));
  const classes = model.classes.filter((name) => row[`probability_${name}`] !== undefined).map(
    (name) => make("li", {}, `${capital(name)}: ${shown(row[`probability_${name}`])}`));
  return [
    make("p", { className: "verdict" }, chip(verdictOf(row, model)), " ", bar(row, model)),
    make("p", { className: "words" }, explainVerdict(row, model)),
    points.length ? make("h3", {}, "Operating points") : null,
    points.length ? make("ul", { className: "points" }, ...points) : null,
    classes.length ? make("ul", { className: "points" }, ...classes) : null,
    bodyPartOf(row) ? make("p", {}, bodyPartOf(row)) : null,
    noteOf(row) ? make("p", { className: "doubt" }, make("strong", {}, "Note: "), noteOf(row)) : null,
    ...similar(result, model),
  ].filter(Boolean);
}

/** Return the training radiographs most like a result's, where the licence allows to show them. */
function similar(result, model) {
  if (!result.similar?.length) return [];
  return [
    make("h3", {}, "Similar training radiographs"),
    make("ul", { className: "similar" }, ...result.similar.map((one) => make("li", {},
      make("img", {
        src: `data:image/jpeg;base64,${one.picture}`, alt: `Training radiograph ${one.id}`, width: 96, height: 96,
      }),
      make("span", {}, [one.label, one.body_part].filter(Boolean).join(", ")),
      make("span", { className: "words" }, one.id)))),
    make("p", { className: "hint" }, `The nearest by the features of the network; what they show says nothing of`
      + ` this patient. ${capital(model.pictures_under)}.`),
  ];
}
