// The radiograph under its heat, with window and level, zoom, and a mark that a reader sets.

const INFERNO = [[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]];
const LARGEST = 12; // times the whole radiograph
const POINT = 1 / 20; // of the longer side: the box around a point

export class Viewer {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.heat = 0.5;
    this.grey = { level: 128, window: 256, invert: false };
    this.marking = false;
    this.mark = null; // left, top, width, height in pixels of the square
    this.fit();
    this.#listen();
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  /** Show a result; nothing where it has no picture. */
  async show(result) {
    this.result = result;
    this.picture = null;
    this.mark = null;
    this.marking = false;
    this.fit();
    if (result?.picture) {
      const loaded = await load(result.picture);
      if (this.result !== result) return; // another was opened meanwhile
      this.picture = loaded;
      this.expose();
    }
    this.draw();
  }

  fit() { this.view = { scale: 1, x: 0, y: 0 }; this.draw?.(); }

  /** Set window, level and inversion of the grey levels. */
  expose(grey = {}) {
    Object.assign(this.grey, grey);
    if (!this.picture) return;
    this.picture.exposed = exposed(this.picture, this.grey);
    this.draw();
  }

  draw() {
    const { canvas, context, picture } = this;
    const pixels = Math.round(canvas.clientWidth * devicePixelRatio);
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, pixels, pixels);
    if (!picture) return;
    const unit = (pixels / picture.side) * this.view.scale;
    context.setTransform(unit, 0, 0, unit, this.view.x * pixels, this.view.y * pixels);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture.exposed, 0, 0);
    context.globalAlpha = this.heat;
    if (picture.heat) context.drawImage(picture.heat, 0, 0, picture.side, picture.side);
    context.globalAlpha = 1;
    if (this.mark) this.#drawMark(unit);
  }

  /** Zoom about a place of the canvas, 0 to 1. */
  zoom(factor, x = 0.5, y = 0.5) {
    const { view } = this;
    const scale = Math.min(LARGEST, Math.max(1, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    this.move(0, 0);
  }

  /** Move the radiograph by shares of the canvas; it stays in sight. */
  move(x, y) {
    const { view } = this;
    const least = 1 - view.scale;
    view.x = Math.min(0, Math.max(least, view.x + x));
    view.y = Math.min(0, Math.max(least, view.y + y));
    this.draw();
  }

  /** Put a mark into the middle, which keys and dragging then move. */
  beginMark() {
    const side = this.picture.side / 5;
    const { view } = this;
    const centre = [(0.5 - view.x) / view.scale, (0.5 - view.y) / view.scale];
    const [x, y] = centre.map((share) => share * this.picture.side - side / 2);
    this.marking = true;
    this.mark = [x, y, side, side];
    this.draw();
    this.canvas.focus();
  }

  endMark() { this.marking = false; this.mark = null; this.draw(); }

  /** Return the mark in pixels of the upright radiograph: left, top, right, bottom. */
  box() {
    const { width, height } = this.result.row;
    const factor = Math.max(width, height) / this.picture.side;
    const [left, top] = [width, height].map((size) => (this.picture.side - size / factor) / 2);
    const [x, y, wide, high] = this.mark;
    return [(x - left), (y - top), (x + wide - left), (y + high - top)].map(
      (pixels) => Math.round(pixels * factor * 10) / 10);
  }

  /** Return a picture of the radiograph under its heat, as it is set, for a report. */
  async picture_of(result, heat) {
    const picture = await load(result.picture);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = picture.side;
    const context = canvas.getContext("2d");
    context.drawImage(exposed(picture, this.grey), 0, 0);
    context.globalAlpha = heat;
    if (picture.heat) context.drawImage(picture.heat, 0, 0, picture.side, picture.side);
    return canvas.toDataURL("image/jpeg", 0.85);
  }

  #drawMark(unit) {
    const { context, mark } = this;
    for (const [colour, width] of [["#000", 4], ["#7ee0ff", 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = (width * devicePixelRatio) / unit;
      context.strokeRect(...mark);
    }
  }

  #place(event) {
    const frame = this.canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height];
  }

  #inSquare([x, y]) {
    const { view, picture } = this;
    return [((x - view.x) / view.scale) * picture.side, ((y - view.y) / view.scale) * picture.side];
  }

  #listen() {
    const { canvas } = this;
    let last = null;
    let from = null;
    canvas.addEventListener("wheel", (event) => {
      if (!this.picture) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), ...this.#place(event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.picture) return;
      canvas.setPointerCapture(event.pointerId);
      last = this.#place(event);
      from = this.#inSquare(last);
      if (this.marking) this.#markFrom(from, from);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const now = this.#place(event);
      if (this.marking) this.#markFrom(from, this.#inSquare(now));
      else this.move(now[0] - last[0], now[1] - last[1]);
      last = now;
    });
    const release = () => { last = null; };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Span the mark between two places; around a single point it gets a size of its own. */
  #markFrom([left, top], [right, bottom]) {
    const least = this.picture.side * POINT;
    const [width, height] = [Math.abs(right - left), Math.abs(bottom - top)];
    this.mark = Math.max(width, height) < least / 4
      ? [left - least / 2, top - least / 2, least, least]
      : [Math.min(left, right), Math.min(top, bottom), Math.max(width, 1), Math.max(height, 1)];
    this.draw();
  }

  #key(event) {
    if (!this.picture || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step && this.marking) {
      const pixels = this.picture.side / 100;
      const at = event.shiftKey ? 2 : 0; // Shift: size, else place
      this.mark[at] += step[0] * pixels;
      this.mark[at + 1] += step[1] * pixels;
      this.mark = this.mark.map((value, place) => (place > 1 ? Math.max(pixels, value) : value));
      this.draw();
    } else if (step) this.move(-step[0] / 20, -step[1] / 20);
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }
}

async function load(picture) {
  const radiograph = await image(`data:image/jpeg;base64,${picture.radiograph}`);
  const heat = picture.heat ? coloured(await image(`data:image/png;base64,${picture.heat}`)) : null;
  return { side: radiograph.width, pixels: pixelsOf(radiograph), heat };
}

async function image(source) {
  const element = new Image();
  element.src = source;
  await element.decode();
  return element;
}

function pixelsOf(picture) {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function onCanvas(pixels) {
  const canvas = document.createElement("canvas");
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

/** Return heat as colours, the more opaque the hotter; null where there is none. */
function coloured(heat) {
  const pixels = pixelsOf(heat);
  const { data } = pixels;
  if (!data.some((value, place) => value && place % 4 === 0)) return null;
  for (let place = 0; place < data.length; place += 4) {
    const share = data[place] / 255;
    const at = Math.min(INFERNO.length - 2, Math.floor(share * (INFERNO.length - 1)));
    const rest = share * (INFERNO.length - 1) - at;
    for (let channel = 0; channel < 3; channel += 1) {
      data[place + channel] = INFERNO[at][channel] * (1 - rest) + INFERNO[at + 1][channel] * rest;
    }
    data[place + 3] = 255 * Math.min(1, 1.2 * share);
  }
  return onCanvas(pixels);
}

/** Return the radiograph with a window of grey levels spread over black to white. */
function exposed({ pixels }, { level, window: width, invert }) {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, grey) => {
    const value = ((grey - level) / width + 0.5) * 255;
    return invert ? 255 - value : value;
  });
  const made = new ImageData(pixels.width, pixels.height);
  for (let place = 0; place < made.data.length; place += 4) {
    const grey = table[pixels.data[place]];
    made.data[place] = made.data[place + 1] = made.data[place + 2] = grey;
    made.data[place + 3] = 255;
  }
  return onCanvas(made);
}
