// The sources of an incident: shown by filters without a reload, and dropped on the origin whose account they repeat,
// or led there by a button, alone or with others that were picked to go along. Each has a plain form: the button "Show these", and "Group sources by origin".
const sources = [...document.querySelectorAll(".source[data-number]")];
const narrow = document.querySelector("[data-narrow]");
const regroup = document.querySelector("[data-regroup]");
const KINDS = { kind: "kind", language: "language", platform: "platform", origin: "originOf" };

// --- which are shown

function ticked(source) {
  return source.querySelector("input[name=sources]")?.checked ? "yes" : "no";
}

function passes(source, wanted) {
  return [...wanted].every(([by, value]) => (by === "cited" ? ticked(source) : source.dataset[KINDS[by]]) === value);
}

function show() {
  const lists = [...narrow.querySelectorAll("select[data-by]")];
  const wanted = new Map(lists.filter((one) => one.value).map((one) => [one.dataset.by, one.value]));
  for (const source of sources) source.hidden = !passes(source, wanted);
  for (const origin of document.querySelectorAll("[data-origin]")) {
    origin.hidden = !origin.querySelector(".source:not([hidden])");
  }
  const shown = sources.filter((source) => !source.hidden).length;
  const words = wanted.size ? narrow.dataset.some : narrow.dataset.all;
  narrow.querySelector("[data-narrowed]").textContent = words.replace("{shown}", shown).replace("{all}", sources.length);
}

if (narrow) {
  const button = narrow.querySelector("[data-plain]");
  button.type = "button";
  button.hidden = true;
  narrow.addEventListener("change", show);
}

// --- grouped

// The source that was taken, and with it those that were picked to go along.
function together(source) {
  return [source, ...sources.filter((one) => one !== source && one.querySelector("[data-pick]")?.checked)];
}

function name(form, numbers) {
  const [first, ...others] = form.querySelectorAll("input[name=sources]");
  for (const one of others) one.remove();
  first.value = numbers[0];
  for (const number of numbers.slice(1).reverse()) {
    const copy = first.cloneNode();
    copy.value = number;
    first.after(copy);
  }
}

function ask(source, origin) {
  const form = regroup.querySelector("form");
  const taken = together(source);
  const numbers = taken.map((one) => one.dataset.number);
  name(form, numbers);
  const own = form.querySelector("[data-own]");
  own.value = source.dataset.number;
  own.disabled = taken.length > 1 || source.dataset.originOf === source.dataset.number;
  for (const choice of form.elements.origin.options) {
    if (choice !== own) choice.disabled = taken.every((one) => choice.value === one.dataset.originOf);
  }
  const free = [...form.elements.origin.options].filter((choice) => !choice.disabled);
  form.elements.origin.value = free.find((choice) => choice.value === origin)?.value ?? free[0]?.value;
  const head = regroup.querySelector("h2");
  const said = numbers.map((number) => "S" + number).join(" ");
  head.textContent = taken.length > 1 ? head.dataset.several.replace("{sources}", said) : head.dataset.words.replace("{source}", said);
  regroup.showModal();
  (origin ? form.elements.reason : form.elements.origin).focus();
}

// What an origin is called, as its heading says it; a typed name keeps its own direction.
function called(origin) {
  const parts = [...origin.querySelector("h3").childNodes];
  return parts.map((part) => (part.localName === "bdi" ? "\u2068" + part.textContent.slice(0, 80) + "\u2069" : part.textContent)).join("");
}

function pick(source) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.autocomplete = "off";
  box.dataset.pick = "";
  const label = document.createElement("label");
  label.className = "check rests";
  label.append(box, " ", regroup.dataset.pick.replace("{source}", "S" + source.dataset.number));
  return label;
}

if (regroup) {
  regroup.querySelector("[data-close]").addEventListener("click", () => regroup.close());
  for (const hint of document.querySelectorAll("[data-scripted]")) hint.hidden = false;
  let carried = null;
  for (const source of sources) {
    const handle = source.querySelector("[data-handle]");
    handle.draggable = true;
    handle.addEventListener("dragstart", (event) => {
      carried = source;
      event.dataTransfer.setData("text/plain", "S" + source.dataset.number);
      event.dataTransfer.effectAllowed = "link";
    });
    handle.addEventListener("dragend", () => { carried = null; });
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet regroup";
    button.textContent = regroup.dataset.regroup.replace("{source}", "S" + source.dataset.number);
    button.addEventListener("click", () => ask(source));
    source.querySelector(".source-acts").append(button, pick(source));
  }
  for (const origin of document.querySelectorAll("[data-origin]")) {
    regroup.querySelector("select").append(new Option(called(origin), origin.dataset.origin));
    const takes = () => carried && carried.dataset.originOf !== origin.dataset.origin;
    origin.addEventListener("dragover", (event) => {
      if (!takes()) return;
      event.preventDefault();
      origin.classList.add("taking");
    });
    origin.addEventListener("dragleave", (event) => {
      if (!origin.contains(event.relatedTarget)) origin.classList.remove("taking");
    });
    origin.addEventListener("drop", (event) => {
      origin.classList.remove("taking");
      if (!takes()) return;
      event.preventDefault();
      ask(carried, origin.dataset.origin);
    });
  }
}
