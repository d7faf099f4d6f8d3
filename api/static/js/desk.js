// Keys of the desk. A link or button with data-key is pressed by that key; j and k walk the rows of
// a list, Enter opens the row, ? shows every key of the page. Without this file all of it works by
// mouse and Tab.
"use strict";

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const keyed = () => [...document.querySelectorAll("[data-key]")].filter((e) => !e.disabled);
const rows = () => [...document.querySelectorAll("[data-row]")];

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.remove("is-current"));
  next.classList.add("is-current");
  next.querySelector("a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const boxes = () => [...document.querySelectorAll("input[name=item]")];

function tick() {
  const box = document.querySelector(".is-current input[name=item]");
  if (box) box.click();
}

function count() {
  const many = boxes().filter((box) => box.checked).length;
  const words = document.querySelector(".many-count");
  if (words) words.textContent = many ? `Với ${many} việc đã chọn:` : "Với các việc đã chọn:";
}

function line(key, words) {
  const dt = document.createElement("dt");
  const kbd = document.createElement("kbd");
  kbd.textContent = key;
  dt.append(kbd);
  const dd = document.createElement("dd");
  dd.textContent = words;
  return [dt, dd];
}

function showKeys() {
  const box = document.getElementById("keys");
  const list = box.querySelector("dl");
  list.replaceChildren();
  for (const element of keyed()) {
    list.append(...line(element.dataset.key, element.dataset.says || element.textContent.trim()));
  }
  if (rows().length) {
    list.append(...line("j", "dòng dưới"), ...line("k", "dòng trên"), ...line("Enter", "mở dòng"));
    if (boxes().length) list.append(...line("c", "chọn dòng"));
  }
  list.append(...line("?", "bảng phím này"));
  box.showModal();
}

function press(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "?") return showKeys();
  if (event.key === "j") return walk(1);
  if (event.key === "k") return walk(-1);
  if (event.key === "c" && boxes().length) return tick();
  const chosen = keyed().find((element) => element.dataset.key === event.key);
  if (!chosen) return;
  event.preventDefault();
  if (chosen.matches("input, select, textarea")) chosen.focus();
  else chosen.click();
}

document.addEventListener("keydown", press);
const shower = document.getElementById("show-keys");
if (shower) {
  shower.hidden = false; // without this file there are no keys to show
  shower.addEventListener("click", showKeys);
}
const all = document.getElementById("pick-all");
if (all && boxes().length) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    count();
  });
  for (const box of boxes()) box.addEventListener("change", count);
  count();
}
document.getElementById("close-keys")?.addEventListener("click", () => document.getElementById("keys").close());
document.querySelector(".mistakes")?.focus();
