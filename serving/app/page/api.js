// The REST service, as the page asks it.

let key = "";

export const setKey = (text) => { key = text.trim(); };

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const headers = (more = {}) => (key ? { ...more, Authorization: `Bearer ${key}` } : more);

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: headers(options.headers) });
  } catch {
    throw new Refused(0, "The service does not answer. Is it still running?");
  }
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, told.detail || response.statusText);
  return told;
}

export const model = () => ask("/v1/model");

export const correct = (said) => ask("/v1/corrections", {
  method: "POST",
  body: JSON.stringify(said),
  headers: { "Content-Type": "application/json" },
});

/** Wait until the system is loaded. */
export async function ready(told) {
  for (;;) {
    try {
      await ask("/healthz");
      return;
    } catch (error) {
      if (error.status !== 503) throw error;
      told();
      await new Promise((next) => setTimeout(next, 1000));
    }
  }
}

/**
 * Send files; each line of the answer arrives as soon as it is there.
 * @param {File[]} files Of one request.
 * @param {{line: Function, sent: Function, signal: AbortSignal}} told Called with each line, and
 *   with the share of bytes that were sent.
 */
export function predict(files, { line, sent, signal }) {
  // Not fetch, which does not tell how much was sent.
  const request = new XMLHttpRequest();
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  return new Promise((resolve, reject) => {
    let read = 0;
    const take = () => {
      if (request.status !== 200) return;
      const end = request.responseText.lastIndexOf("\n") + 1;
      const lines = request.responseText.slice(read, end).split("\n").filter(Boolean);
      read = end;
      lines.forEach((text) => line(JSON.parse(text)));
    };
    request.upload.onprogress = (event) => sent(event.loaded / event.total);
    request.onprogress = take;
    request.onload = () => {
      take();
      if (request.status === 200) { resolve(); return; }
      let detail = request.statusText;
      try { detail = JSON.parse(request.responseText).detail; } catch { /* no problem details */ }
      reject(new Refused(request.status, detail));
    };
    request.onerror = () => reject(new Refused(0,
      "The service ended the connection. Is it still running, and are the files within its limits?"));
    request.onabort = () => reject(new Refused(0, "Cancelled."));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", "/v1/predict?heat=true");
    for (const [name, value] of Object.entries(headers({ Accept: "application/x-ndjson" }))) {
      request.setRequestHeader(name, value);
    }
    request.send(form);
  });
}

/** Return files in as few groups as the limits of the service allow. */
export function grouped(files, limits) {
  const groups = [];
  let bytes = Infinity;
  for (const file of files) {
    const full = groups.length === 0 || groups.at(-1).length >= limits.files
      || bytes + file.size > 0.9 * limits.request_mib * 2 ** 20;
    if (full) { groups.push([]); bytes = 0; }
    groups.at(-1).push(file);
    bytes += file.size;
  }
  return groups;
}
