// Keys of the desk, by their place on the board (event.code), so that every layout has them. `?` shows them all;
// whoever switched them off has none but that, wherever they sign in. No act depends on one.

const sheet = document.querySelector("[data-keys]");
const ballot = document.getElementById("ballot");
const on = () => sheet?.dataset.keys !== "off";
let latest = null; // the source that was reached last

function typing(target) {
  return target.isContentEditable || target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
}

function sources() {
  return [...document.querySelectorAll(".source[data-number]:not([hidden])")];
}

function here() {
  const focused = document.activeElement?.closest(".source[data-number]");
  return focused ?? (latest?.isConnected && !latest.hidden ? latest : null);
}

function reach(source) {
  if (!source) return;
  latest = source;
  source.focus();
  source.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const found = sources();
  const place = found.indexOf(here());
  reach(found[Math.min(found.length - 1, Math.max(0, place + by))]);
}

function current() {
  return here() ?? sources()[0];
}

function choose(place) {
  const grade = ballot?.querySelectorAll("input[name=grade]")[place - 1];
  grade?.click();
  grade?.focus();
}

function open(part) {
  if (!part) return;
  part.open = true;
  part.querySelector("input:not([type=hidden]), textarea, select")?.focus();
}

function comeTo(field) {
  field?.focus();
  field?.scrollIntoView({ block: "nearest" });
}

function onSource(act) {
  const source = current();
  if (source) act(source);
}

const KEYS = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyX: () => onSource((source) => source.querySelector("input[name=sources]")?.click()),
  KeyC: () => onSource((source) => source.querySelector(".cite")?.click()),
  KeyE: () => onSource((source) => open(source.querySelector(".own-note"))),
  KeyO: () => onSource((source) => source.querySelector(".regroup")?.click()),
  KeyM: () => onSource((source) => source.querySelector(".media-form button")?.focus()),
  KeyF: () => open(document.querySelector("[data-narrow]")),
  KeyH: () => ballot?.elements.killed_min.focus(),
  KeyR: () => comeTo(ballot?.elements.rationale),
  KeyA: () => document.getElementById("attach")?.click(),
  KeyN: () => document.querySelector("[data-next]")?.requestSubmit(),
  KeyP: () => ballot?.querySelector("[formaction$='/pass']")?.focus(),
  KeyU: () => document.querySelector("[data-undo]")?.requestSubmit(),
};

function leave(target) {
  target.blur();
  if (latest?.isConnected && !latest.hidden) reach(latest);
}

function pressed(event) {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.code === "Enter" && (event.ctrlKey || event.metaKey) && ballot && on()) {
    event.preventDefault();
    ballot.requestSubmit(ballot.querySelector("button.primary"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    if (event.code === "Escape" && on()) leave(event.target);
    return;
  }
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

function hinted() {
  document.documentElement.classList.toggle("has-keys", on());
}

if (sheet) {
  const form = sheet.querySelector("form");
  const box = sheet.querySelector("[data-keys-on]");
  sheet.querySelector("[data-close]").addEventListener("click", () => sheet.close());
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("change", async () => {
    const before = sheet.dataset.keys;
    sheet.dataset.keys = box.checked ? "on" : "off";
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers, redirect: "manual" });
      if (!answer.ok) throw new Error(String(answer.status));
    } catch {
      sheet.dataset.keys = before;
      box.checked = before === "on";
    }
    hinted();
  });
}
document.addEventListener("keydown", pressed);
document.documentElement.classList.add("keys-heard");
hinted();
