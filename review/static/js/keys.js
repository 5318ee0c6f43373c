// Keys of the desk, by their place on the board (event.code), so that every layout has them. `?` shows them all;
// they can be switched off there. No act depends on one.
const SWITCH = "assay-keys";
const sheet = document.querySelector("[data-keys]");
const ballot = document.getElementById("ballot");
const on = () => localStorage.getItem(SWITCH) !== "off";

function typing(target) {
  return target.isContentEditable || target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
}

function sources() {
  return [...document.querySelectorAll(".source[id]")];
}

function here() {
  const found = sources();
  return Math.max(-1, found.findIndex((one) => one.contains(document.activeElement)));
}

function step(by) {
  const found = sources();
  const next = found[Math.min(found.length - 1, Math.max(0, here() + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function tick() {
  const found = sources();
  const box = found[Math.max(0, here())]?.querySelector("input[name=sources]");
  box?.click();
}

function choose(place) {
  const grade = ballot?.querySelectorAll("input[name=grade]")[place - 1];
  grade?.click();
  grade?.focus();
}

function open(id) {
  const part = document.getElementById(id);
  if (!part) return;
  part.open = true;
  part.querySelector("input, textarea, select")?.focus();
}

const KEYS = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyX: tick,
  KeyR: () => ballot?.elements.rationale.focus(),
  KeyA: () => open("attach"),
  KeyN: () => document.querySelector("[data-next]")?.requestSubmit(),
};

function pressed(event) {
  if (event.isComposing) return;
  if (event.code === "Enter" && (event.ctrlKey || event.metaKey) && ballot && on()) {
    event.preventDefault();
    ballot.requestSubmit(ballot.querySelector("button.primary"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || sheet?.open) return;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
    sheet?.showModal();
    return;
  }
  if (!on() || event.shiftKey) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit && ballot) {
    choose(Number(digit[1]));
    event.preventDefault();
    return;
  }
  const act = KEYS[event.code];
  if (act) {
    event.preventDefault();
    act();
  }
}

const box = document.querySelector("[data-keys-on]");
if (box) {
  box.checked = on();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
}
document.addEventListener("keydown", pressed);
document.documentElement.classList.add("has-keys");
