// A copy button beside what is marked [data-copy]. Without script there is none: the text can be selected.
for (const place of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = place.dataset.copyLabel;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(place.dataset.copy || place.textContent.trim());
    button.textContent = place.dataset.copyDone;
  });
  place.after(button);
}
