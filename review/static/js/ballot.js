// The ballot: the reason for departing from a definition is asked only where the chosen grade departs from it,
// and what the vote rests on is said beside the rationale.
const ballot = document.getElementById("ballot");

if (ballot) {
  const departs = ballot.querySelector("[data-departs]");
  const rests = ballot.querySelector("[data-rests]");
  const plain = rests.textContent;

  const show = () => {
    const chosen = ballot.querySelector("input[name=grade]:checked");
    departs.hidden = !chosen || !("warned" in chosen.dataset);
    for (const label of ballot.querySelectorAll(".grades label")) {
      label.classList.toggle("chosen", label.control === chosen);
    }
    const ticked = [...document.querySelectorAll("input[name=sources]:checked")].filter((box) => box.form === ballot);
    const names = ticked.map((box) => "S" + box.value).join(" ");
    rests.textContent = names ? rests.dataset.restsWords.replace("{sources}", names) : plain;
  };
  document.addEventListener("change", (event) => { if (event.target.form === ballot) show(); });
  show();
}
