"use strict";
// Shortcuts only: every one presses a button or follows a link that is on the page anyway.
const find = (selector) => document.querySelector(selector);

const press = (key) => {
  if (key === "c") { const field = find("#find"); if (field) field.focus(); return field; }
  if (key === "e") { const field = find("#f-outcome"); if (field) field.focus(); return field; }
  const target = { s: find("#save"), r: find("#retry"), n: find("#skip"), t: find("#cut"), d: find('nav a[href="/desk"]') }[key];
  if (target) target.click();
  return target;
};

// 1 and 2 answer the first question that is still open; the last answer saves.
const answer = (number) => {
  const questions = [...document.querySelectorAll("#likely .question")];
  const open = questions.find((question) => !question.querySelector("input:checked"));
  const choice = open && open.querySelectorAll("button.pick, .pick input")[number - 1];
  if (choice) choice.click();
  return choice;
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") { document.activeElement.blur(); return; }
  if (event.target.closest("input:not([type=radio]):not([type=checkbox]), select, textarea")) return;
  const key = event.key.toLowerCase();
  if (/^[1-9]$/.test(key) ? answer(Number(key)) : press(key)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  const picked = event.target.closest(".pick input");
  if (picked) {
    const select = document.getElementById("f-" + picked.name.slice("answer.".length));
    if (select) select.value = picked.value;
    const questions = [...document.querySelectorAll("#likely .question")];
    if (questions.every((question) => question.querySelector("input:checked"))) find("#decide").requestSubmit();
    return;
  }
  // Who chooses from the list takes back what was picked above.
  const name = event.target.name && "answer." + event.target.name;
  document.querySelectorAll("#likely input:checked").forEach((radio) => {
    if (radio.name === name) radio.checked = false;
  });
});

// Pages are enlarged and turned where they stand; without this the links open the picture by itself.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-zoom], [data-turn]");
  if (!link) return;
  event.preventDefault();
  const figure = link.closest("figure");
  const picture = figure.querySelector("img");
  const source = new URL(picture.src);
  if (link.hasAttribute("data-zoom")) figure.classList.toggle("large");
  else {
    source.searchParams.set("turn", String((Number(source.searchParams.get("turn") || 0) + 90) % 360));
    [picture.width, picture.height] = [picture.getAttribute("height"), picture.getAttribute("width")];
  }
  if (figure.classList.contains("large")) source.searchParams.set("width", "2400");
  else source.searchParams.delete("width");
  picture.src = source.href;
});

// What is in work is looked at again every few seconds; without this it is as new as the page.
const live = [...document.querySelectorAll("[data-live]")];
const again = async (pause) => {
  const answer = document.hidden ? null : await fetch(location.href).catch(() => null);
  if (answer && answer.ok && !answer.redirected) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelectorAll("[data-live]").forEach((part) => {
      const now = fresh.getElementById(part.id);
      if (now) part.replaceChildren(...now.childNodes);
      else part.removeAttribute("data-live");
    });
  }
  if (document.querySelector("[data-live]")) setTimeout(again, pause, pause);
};
if (live.length) {
  const pause = Math.min(...live.map((part) => Number(part.dataset.live))) * 1000;
  setTimeout(again, pause, pause);
}
