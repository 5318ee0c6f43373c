// The ballot: the reason for departing from a definition is asked only where the chosen grade departs from it; what
// the vote rests on is said beside the rationale, and a source that is named there and not ticked.
const ballot = document.getElementById("ballot");
const NAMED = /\bS([0-9]{1,4})\b/g;

function boxes() {
  return [...document.querySelectorAll("input[name=sources]")].filter((box) => box.form === ballot);
}

function link(number) {
  const found = document.createElement("a");
  found.href = "#s" + number;
  found.className = "code";
  found.textContent = "S" + number;
  return found;
}

// A sentence with {sources} in it, each source as a link to where it stands.
function tell(place, words, numbers) {
  const [before, after = ""] = words.split("{sources}");
  place.replaceChildren(before, ...numbers.flatMap((number) => [link(number), " "]).slice(0, -1), after);
}

if (ballot) {
  const departs = ballot.querySelector("[data-departs]");
  const rests = ballot.querySelector("[data-rests]");
  const unticked = ballot.querySelector("[data-unticked]");
  const rationale = ballot.elements.rationale;
  const plain = rests.textContent;

  const named = () => {
    const numbers = new Set([...rationale.value.matchAll(NAMED)].map((found) => found[1]));
    return boxes().filter((box) => numbers.has(box.value) && !box.checked);
  };
  const show = () => {
    const chosen = ballot.querySelector("input[name=grade]:checked");
    departs.hidden = !chosen || !("warned" in chosen.dataset);
    for (const label of ballot.querySelectorAll(".grades label")) {
      label.classList.toggle("chosen", label.control === chosen);
    }
    const ticked = boxes().filter((box) => box.checked);
    if (ticked.length) tell(rests, rests.dataset.restsWords, ticked.map((box) => box.value));
    else rests.textContent = plain;
    const missing = named();
    unticked.hidden = !missing.length;
    if (missing.length) tell(unticked.querySelector("span"), unticked.dataset.words, missing.map((box) => box.value));
  };
  unticked.querySelector("button").addEventListener("click", () => {
    for (const box of named()) box.click();
    rationale.focus();
  });
  for (const type of ["change", "input"]) {
    document.addEventListener(type, (event) => { if (event.target.form === ballot) show(); });
  }
  show();

  // Name a source in the rationale where the caret stands, and let the vote rest on it.
  const cite = (number) => {
    const before = rationale.value.slice(0, rationale.selectionStart);
    const gap = before && !/\s$/.test(before) ? " " : "";
    rationale.setRangeText(gap + "S" + number + " ", rationale.selectionStart, rationale.selectionEnd, "end");
    const box = boxes().find((one) => one.value === number);
    if (box) box.checked = true;
    rationale.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const box of boxes()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet cite";
    button.textContent = ballot.dataset.cite.replace("{source}", "S" + box.value);
    button.addEventListener("click", () => cite(box.value));
    box.closest(".rests").after(button);
  }
}
