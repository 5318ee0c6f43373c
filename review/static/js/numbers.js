// A run of nine digits or more is noticed as it is typed or pasted: the sentence stands in the page, and the next
// press of the button keeps it. Without script the server warns once and takes it when it is sent again.
const ADDRESS = /https?:\/\/\S+/g;
const LONG = /\p{Nd}{9,}/gu;

for (const form of document.querySelectorAll("form[data-long-numbers]")) {
  const notice = form.querySelector("[data-long-number]");
  const heeded = form.elements.heeded;
  if (!notice || !heeded) continue;
  const typed = form.querySelectorAll("textarea, input[name=reporter]");
  form.addEventListener("input", () => {
    const texts = [...typed].map((control) => control.value.replace(ADDRESS, " "));
    const found = [...new Set(texts.flatMap((text) => text.match(LONG) ?? []))];
    notice.hidden = found.length === 0;
    heeded.value = found.join(" ");
    if (found.length) notice.querySelector("span").textContent = notice.dataset.longNumber.replace("{number}", found.join(", "));
  });
}
