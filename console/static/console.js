"use strict";
// Shortcuts only: every one presses a button or follows a link that is on the page anyway.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea")) return;
  const key = event.key.toLowerCase();
  const answers = document.querySelectorAll(".likely button");
  const pressed = { s: document.getElementById("save"), r: document.getElementById("retry") }[key]
    || (key === "d" && document.querySelector('a[href="/desk"]'))
    || (/^[1-9]$/.test(key) && answers[Number(key) - 1]);
  if (pressed) { event.preventDefault(); pressed.click(); }
});
