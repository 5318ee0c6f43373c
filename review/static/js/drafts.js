// Drafts: what is typed into a form marked [data-draft] is kept on the server a moment after the last key. Nothing is
// kept in the browser. A save that fails says so, keeps the text where it is, and is tried again.
// Without script the button "Keep as a draft" does the same.
const PAUSE = 1200;
const AGAIN = [4000, 15000, 60000];
const MOST = 60000; // bytes that a browser still sends while its page goes away

function kept(form) {
  const data = new FormData(form);
  data.set("kind", form.dataset.kind);
  for (const note of form.elements) {
    // A note that was not touched here may have been written in another window since.
    if (note.name?.startsWith("note-") && note.value === note.defaultValue) data.delete(note.name);
  }
  return data;
}

function post(form, leaving) {
  const body = new URLSearchParams(kept(form));
  return fetch(form.dataset.draft, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
    credentials: "same-origin",
    redirect: "manual",
    keepalive: leaving && String(body).length < MOST,
  });
}

// Whoever signed in again in another tab has a new token; this page still holds the old one.
async function freshToken() {
  const page = await (await fetch(location.href, { credentials: "same-origin", redirect: "manual" })).text();
  const found = new DOMParser().parseFromString(page, "text/html").querySelector("input[name=csrf_token]");
  if (!found) return false;
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = found.value;
  return true;
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.places = [...form.querySelectorAll("[data-autosave]")];
    this.echo = form.id === "ballot" ? document.querySelector("[data-echo]") : null;
    for (const place of this.places) if (place.dataset.live) place.textContent = place.dataset.live;
    this.waiting = 0;
    this.failed = 0;
    this.touched = false;
    this.saving = null;
  }

  says(words, link) {
    for (const place of this.places) {
      place.classList.remove("vh");
      place.classList.toggle("warn-text", this.failed > 0);
      place.textContent = words;
      if (link) place.append(" ", link.cloneNode(true));
    }
    if (this.echo && this.failed) this.echo.textContent = words;
  }

  later() {
    this.touched = true;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.save(), PAUSE);
  }

  async save(leaving = false) {
    clearTimeout(this.waiting);
    if (this.saving) await this.saving;
    if (!this.touched) return;
    this.saving = this.send(leaving);
    await this.saving;
    this.saving = null;
  }

  async send(leaving) {
    this.touched = false;
    try {
      let answer = await post(this.form, leaving);
      if (answer.status === 400) {
        if (!(await freshToken())) return this.out();
        answer = await post(this.form, leaving);
      }
      if (answer.status === 401 || answer.type === "opaqueredirect") return this.out();
      if (!answer.ok) throw new Error(String(answer.status));
      const { saved } = await answer.json();
      this.failed = 0;
      this.says(this.form.dataset.saved.replace("{time}", saved));
      if (this.echo) this.echo.textContent = this.echo.dataset.echo.replace("{time}", saved);
    } catch {
      this.fails(this.form.dataset.unsaved);
    }
  }

  out() {
    const link = document.createElement("a");
    link.href = "/login";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = this.form.dataset.signIn;
    this.fails(this.form.dataset.signedOut, link);
  }

  fails(words, link) {
    this.touched = true;
    this.waiting = setTimeout(() => this.save(), AGAIN[Math.min(this.failed, AGAIN.length - 1)]);
    this.failed += 1;
    this.says(words, link);
  }
}

const keepers = new Map();
for (const form of document.querySelectorAll("form[data-draft]")) keepers.set(form, new Keeper(form));

// A control outside the form may belong to it: the sources are ticked beside them, in the evidence.
document.addEventListener("input", (event) => {
  if (!event.target.name?.startsWith("only-")) keepers.get(event.target.form)?.later();
});

// Another form of the page leaves it: what was typed goes first.
document.addEventListener("submit", async (event) => {
  const own = keepers.get(event.target);
  if (own) {
    clearTimeout(own.waiting);
    own.touched = false;
    own.failed = 0;
  }
  const unsaved = [...keepers.values()].filter((keeper) => keeper.touched && keeper !== own && !keeper.failed);
  if (!unsaved.length || event.defaultPrevented || event.target.method === "dialog") return;
  event.preventDefault();
  await Promise.all(unsaved.map((keeper) => keeper.save()));
  event.target.requestSubmit(event.submitter);
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  for (const keeper of keepers.values()) keeper.save(true);
});
for (const moment of ["online", "focus"]) {
  addEventListener(moment, () => {
    for (const keeper of keepers.values()) if (keeper.failed) keeper.save();
  });
}
addEventListener("beforeunload", (event) => {
  if ([...keepers.values()].some((keeper) => keeper.failed && keeper.touched)) event.preventDefault();
});
