// Pictures and recordings: asking for one shows it where it stands, so that a ballot half written is not left.
// Without script the same button opens the source's own page beside this one.
async function answered(form, how) {
  const data = new FormData(form);
  data.set("how", how);
  const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.getElementById(form.id);
  if (!part) throw new Error("no such part");
  return document.importNode(part, true);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-media]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  try {
    const part = await answered(form, event.submitter.value);
    form.replaceWith(part);
    part.querySelector("button, img, video, audio")?.focus();
  } catch {
    const how = document.createElement("input");
    how.type = "hidden";
    how.name = "how";
    how.value = event.submitter.value;
    form.append(how);
    HTMLFormElement.prototype.submit.call(form);
    how.remove();
  }
});
