// Drafts: what is typed into a form marked [data-draft] is kept on the server a moment after the last key.
// Without script the button "Keep as a draft" does the same.
const PAUSE = 1200;

function kept(form) {
  const data = new FormData(form);
  data.set("kind", form.dataset.kind);
  return data;
}

async function save(form, place) {
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      body: kept(form),
      headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      credentials: "same-origin",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const { saved } = await answer.json();
    place.textContent = form.dataset.saved.replace("{time}", saved);
  } catch {
    place.textContent = form.dataset.unsaved;
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  const place = form.querySelector("[data-autosave]");
  let waiting = 0;
  let touched = false;
  const later = () => {
    touched = true;
    clearTimeout(waiting);
    waiting = setTimeout(() => { touched = false; save(form, place); }, PAUSE);
  };
  // A control outside the form may belong to it: the sources are ticked beside them, in the evidence.
  document.addEventListener("input", (event) => { if (event.target.form === form) later(); });
  form.addEventListener("submit", () => clearTimeout(waiting));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && touched) {
      clearTimeout(waiting);
      touched = false;
      save(form, place);
    }
  });
}
