// The digit pad in the browser: take the ink, show what comes back from the kernel.
//
// `ink` (bytes, SIDE×SIDE, 0 paper to 255 ink) goes to the kernel together with `asked`, a number that grows. The
// kernel sets `probabilities`, `seen` (bytes, 28×28), `words`, and `answered` to the number it was asked with. The next
// ink is sent only then, so a slow model is never flooded; what was drawn meanwhile goes in one piece.

const SIDE = 112; // the pad's own pixels: four for each one that the network sees
const SEEN = 28;
const STEP = 4; // an arrow key moves the pen by one of the network's pixels
const PEN = 5.5; // radius, in the pad's pixels
const OURS = { "data-lm-suppress-shortcuts": "true" }; // else JupyterLab takes keys for its commands: d d, the arrows
const PATIENCE = 1500; // milliseconds without an answer, after which we say so and ask again

function make(tag, settings = {}, parent = null) {
  const { style, ...rest } = settings;
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(rest)) {
    if (name === "text") element.textContent = value;
    else element.setAttribute(name, value);
  }
  Object.assign(element.style, style ?? {});
  parent?.append(element);
  return element;
}

function bytesOf(value) {
  if (!value) return new Uint8Array(0);
  return value.buffer ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

function paint(canvas, bytes) {
  const side = canvas.width;
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    image.data.fill(255 - (bytes[i] ?? 0), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function render({ model, el }) {
  const ink = new Uint8Array(SIDE * SIDE);
  let pen = { x: SIDE / 2, y: SIDE / 2 };
  let isDown = false; // mouse or finger
  let isInking = false; // the space key is held, or Enter has put the pen down
  let isWaiting = false;
  let isChanged = false;
  let timer = 0;

  const root = make("div", { class: "fd-pad" }, el);
  const left = make("div", { class: "fd-pad-left" }, root);
  const frame = make("div", { class: "fd-pad-frame" }, left);
  const canvas = make("canvas", {
    class: "fd-pad-canvas", width: SIDE, height: SIDE, tabindex: "0", role: "application", ...OURS,
    "aria-label": "Drawing pad. Arrow keys move the pen, the space key inks, Enter puts the pen down and lifts it, " +
      "Delete clears the pad.",
  }, frame);
  const mark = make("div", { class: "fd-pad-mark", "aria-hidden": "true" }, frame);
  const row = make("div", { class: "fd-pad-row" }, left);
  const clearButton = make("button", { type: "button", class: "fd-pad-button", ...OURS, text: "Clear" }, row);
  const exampleButton = make("button", { type: "button", class: "fd-pad-button", ...OURS, text: "An example" }, row);
  make("div", { class: "fd-pad-hint", text: "Draw with mouse or finger, or with keys: arrows move, space inks, Enter puts the pen down, Delete clears." }, left);

  const right = make("div", { class: "fd-pad-right" }, root);
  const bars = make("div", { class: "fd-pad-bars", "aria-hidden": "true" }, right);
  const rows = model.get("names").map((name) => {
    const line = make("div", { class: "fd-pad-line" }, bars);
    make("span", { class: "fd-pad-name", text: name }, line);
    const track = make("span", { class: "fd-pad-track" }, line);
    return { line, fill: make("span", { class: "fd-pad-fill" }, track), share: make("span", { class: "fd-pad-share" }, line) };
  });
  const look = make("div", { class: "fd-pad-look" }, root);
  make("div", { class: "fd-pad-caption", text: "What the network sees" }, look);
  const seen = make("canvas", { class: "fd-pad-seen", width: SEEN, height: SEEN, role: "img" }, look);
  const words = make("p", { class: "fd-pad-words", role: "status", "aria-live": "polite" }, el);

  function send() {
    isChanged = true;
    if (isWaiting) return;
    isChanged = false;
    isWaiting = true;
    model.set("ink", ink.slice());
    model.set("asked", model.get("asked") + 1);
    model.save_changes();
    timer = setTimeout(() => {
      words.textContent = "Waiting for the kernel: it is busy, or it has stopped.";
      isWaiting = false;
    }, PATIENCE);
  }

  function showAnswer() {
    clearTimeout(timer);
    isWaiting = false;
    const shares = model.get("probabilities");
    const best = Math.max(...shares);
    rows.forEach(({ line, fill, share }, i) => {
      const value = shares[i] ?? 0;
      fill.style.width = `${100 * value}%`;
      share.textContent = shares.length ? `${(100 * value).toFixed(1)}%` : "";
      line.classList.toggle("fd-pad-best", shares.length > 0 && value === best);
    });
    paint(seen, bytesOf(model.get("seen")));
    seen.setAttribute("aria-label", model.get("words").split(". ")[0]);
    // In the middle of a stroke a screen reader would be sent a new sentence many times a second.
    if (!isDown) words.textContent = model.get("words");
    if (isChanged) send();
  }

  function takeInk() { // the kernel laid an example on the pad
    const given = bytesOf(model.get("ink"));
    if (given.length === ink.length) ink.set(given);
    else ink.fill(0);
    paint(canvas, ink);
  }

  function stamp(x, y) {
    const reach = Math.ceil(PEN) + 1;
    for (let r = Math.max(0, Math.floor(y - reach)); r <= Math.min(SIDE - 1, y + reach); r++) {
      for (let c = Math.max(0, Math.floor(x - reach)); c <= Math.min(SIDE - 1, x + reach); c++) {
        const cover = Math.min(1, Math.max(0, PEN + 0.5 - Math.hypot(c + 0.5 - x, r + 0.5 - y)));
        ink[r * SIDE + c] = Math.max(ink[r * SIDE + c], Math.round(255 * cover));
      }
    }
  }

  function draw(to) {
    const parts = Math.max(1, Math.ceil(Math.hypot(to.x - pen.x, to.y - pen.y) / 2));
    for (let i = 1; i <= parts; i++) {
      stamp(pen.x + ((to.x - pen.x) * i) / parts, pen.y + ((to.y - pen.y) * i) / parts);
    }
    pen = to;
    paint(canvas, ink);
    send();
  }

  function clear() {
    ink.fill(0);
    paint(canvas, ink);
    send();
  }

  function placeMark() {
    mark.style.left = `${(100 * pen.x) / SIDE}%`;
    mark.style.top = `${(100 * pen.y) / SIDE}%`;
    mark.classList.toggle("fd-pad-inking", isInking);
  }

  function at(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    pen = at(event);
    draw(pen);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) draw(at(each));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      isDown = false;
      placeMark();
      if (!isWaiting) words.textContent = model.get("words");
    });
  }

  const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      const [dx, dy] = moves[event.key];
      const to = { x: Math.min(SIDE, Math.max(0, pen.x + dx)), y: Math.min(SIDE, Math.max(0, pen.y + dy)) };
      if (isInking) draw(to);
      else pen = to;
    } else if (event.key === " ") {
      isInking = true;
      if (!event.repeat) draw(pen);
    } else if (event.key === "Enter") {
      isInking = !isInking;
      if (isInking) draw(pen);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      clear();
    } else {
      return; // Tab and the rest keep their meaning
    }
    event.preventDefault();
    event.stopPropagation();
    placeMark();
  });
  canvas.addEventListener("keyup", (event) => {
    if (event.key === " ") {
      isInking = false;
      placeMark();
    }
  });
  canvas.addEventListener("blur", () => {
    isInking = false;
    placeMark();
  });
  clearButton.addEventListener("click", clear);
  exampleButton.addEventListener("click", () => {
    model.set("examples", model.get("examples") + 1);
    model.save_changes();
  });

  model.on("change:answered", showAnswer);
  model.on("change:laid", takeInk);
  takeInk();
  placeMark();
  showAnswer();
  return () => {
    clearTimeout(timer);
    model.off("change:answered", showAnswer);
    model.off("change:laid", takeInk);
  };
}

export default { render };
