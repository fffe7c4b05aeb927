// Words selected in the ad go into a line of the form, with their place in the original. Everything else works without this.
"use strict";

let selected = null;

function placeOf(node, offset) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const run = element.closest("[data-start]");
  const said = run && (run.classList.contains("said") ? run : run.querySelector(".said"));
  if (!said || (!said.contains(node) && node !== run)) return null;
  const before = document.createRange();
  before.selectNodeContents(said);
  if (said.contains(node)) before.setEnd(node, offset);
  return Number(run.dataset.start) + Array.from(before.toString()).length;  // code points, as the original counts them
}

function remember() {
  const now = document.getSelection();
  if (!now || now.isCollapsed || !now.rangeCount) return;
  const range = now.getRangeAt(0);
  const field = (n) => (n.nodeType === Node.TEXT_NODE ? n.parentElement : n).closest("[data-field]");
  const where = field(range.startContainer);
  if (!where || where !== field(range.endContainer)) return;
  const start = placeOf(range.startContainer, range.startOffset);
  const end = placeOf(range.endContainer, range.endOffset);
  if (start === null || end === null || start >= end) return;
  const said = Array.from(where.querySelectorAll(".said"), (one) => one.textContent).join("");
  const first = Number(where.querySelector("[data-start]").dataset.start);
  selected = { field: where.dataset.field, start, end, words: Array.from(said).slice(start - first, end - first).join("") };
}

document.addEventListener("selectionchange", remember);

for (const row of document.querySelectorAll("[data-row]")) {
  const input = (name) => row.querySelector(`[name="missed_${name}"]`);
  const button = row.querySelector("[data-use-selection]");
  const forget = () => { input("start").value = ""; input("end").value = ""; };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!selected) { button.textContent = "Select words in the ad first"; return; }
    for (const name of ["field", "words", "start", "end"]) input(name).value = selected[name];
    button.textContent = "Take the words selected in the ad";
  });
  input("words").addEventListener("input", forget);
  input("field").addEventListener("change", forget);
}
