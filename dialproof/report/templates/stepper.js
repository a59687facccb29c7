/* A run, walked through one step at a time. Without this script it is a plain list that says the same.

   `root` holds one element for each place, in order, with the attribute `data-step` (0 is the start). Its own attribute
   `data-loop` is the number of the loop's first step, where the run has a loop: behind the last step the walk goes on there,
   for ever. Where time is counted, each place has its `data-time`, and `root` the length of a round of the loop, `data-round`. Keys, wherever the focus is within `root`: arrow left and right, Home, End; on the slider they do the same.
   Each move dispatches the event `dialproof-step` on `root`, with the number of the place as `detail`.
   Returns what a host page may call: `show(place)`, `stop()`. */
function dialproofStepper(root) {
  "use strict";
  const places = Array.from(root.querySelectorAll("[data-step]"));
  const last = places.length - 1;
  const loop = Number(root.dataset.loop || 0);
  const doc = root.ownerDocument;
  let at = 0;
  let round = 1;
  let timer = null;

  function made(name, properties, parent) {
    const element = Object.assign(doc.createElement(name), properties);
    parent.append(element);
    return element;
  }

  function button(label, act) {
    const element = made("button", { type: "button", textContent: label }, bar);
    element.addEventListener("click", act);
    return element;
  }

  const bar = doc.createElement("div");
  bar.className = "stepper-bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Walk through the steps");
  const back = button("Back", () => { stop(); move(-1); });
  const forward = button("Forward", () => { stop(); move(1); });
  const play = button("Play", () => (timer === null ? start() : stop()));
  const slider = made("input", { type: "range", min: 0, max: last, step: 1, value: 0 }, bar);
  slider.setAttribute("aria-label", "Step");
  slider.addEventListener("input", () => { stop(); round = 1; show(Number(slider.value)); });
  const all = button("Show all steps", () => { stop(); spread(!root.classList.contains("stepper-all")); });
  all.setAttribute("aria-pressed", "false");
  const readout = made("p", { className: "stepper-at" }, bar);
  readout.setAttribute("role", "status");

  function where() {
    const count = at === 0 ? "Start" : "Step " + at + " of " + last;
    const time = places[at].dataset.time ? ", " + places[at].dataset.time : "";
    if (!loop || at < loop) return count + time;
    const later = round > 1 && root.dataset.round ? " (" + (round - 1) + " × " + root.dataset.round + " later)" : "";
    return count + time + ", in the loop" + (round > 1 ? ", round " + round + later : "");
  }

  function show(place) {
    at = Math.min(Math.max(place, 0), last);
    places.forEach((element, number) => {
      element.classList.toggle("stepper-away", number !== at);
      if (number === at) element.setAttribute("aria-current", "step");
      else element.removeAttribute("aria-current");
    });
    slider.value = at;
    slider.setAttribute("aria-valuetext", where());
    // Not `disabled`: a button that is would lose the focus, and the keys with it.
    back.setAttribute("aria-disabled", String(at === 0));
    forward.setAttribute("aria-disabled", String(at === last && !loop));
    readout.textContent = where();
    root.dispatchEvent(new CustomEvent("dialproof-step", { bubbles: true, detail: at }));
  }

  function move(by) {
    if (at + by > last) {
      if (!loop) return stop();
      round += 1;
      show(loop);
    } else if (by < 0 && at === loop && round > 1) {
      round -= 1;
      show(last);
    } else {
      show(at + by);
    }
  }

  function start() {
    spread(false);
    play.textContent = "Pause";
    if (at === last && !loop) show(0);
    timer = setInterval(() => move(1), 1500);
  }

  function stop() {
    if (timer !== null) clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  function spread(open) {
    root.classList.toggle("stepper-all", open);
    all.setAttribute("aria-pressed", String(open));
  }

  const keys = {
    ArrowRight: () => move(1),
    ArrowLeft: () => move(-1),
    Home: () => { round = 1; show(0); },
    End: () => show(last),
  };
  root.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    stop();
    keys[event.key]();
  });

  if (last > 0) {
    places[0].parentElement.before(bar);
    root.classList.add("stepper-on");
    show(0);
  }
  return { show, stop };
}
