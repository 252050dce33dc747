"use strict";

// The course total by the rule of autograder/rules/totals.py: the lowest scores of a category are dropped (never the
// last one), of a group only the best counts, a bonus adds to the sum without counting as a piece, a category holds
// `cap` percent at most, and what nothing counts in leaves the weighting. `marks` gives shares from 0 to 1 by name.
function courseTotal(plan, marks) {
  let reached = 0;
  let weight = 0;
  for (const category of plan.categories) {
    const percent = categoryPercent(category, marks);
    if (percent === null || category.weight <= 0) continue;
    reached += category.weight * percent;
    weight += category.weight;
  }
  return { percent: weight > 0 ? reached / weight : null, weight: weight };
}

function categoryPercent(category, marks) {
  if (category.whole) {
    if (category.name in marks) return 100 * marks[category.name];
    if (category.given !== null) return category.given;
  }
  const counted = [];
  const best = new Map();
  let extra = 0;
  for (const piece of category.pieces) {
    const share = piece.share !== null ? piece.share : piece.name in marks ? marks[piece.name] : null;
    if (share === null) continue;
    if (piece.bonus) extra += share;
    else if (piece.group !== null) best.set(piece.group, Math.max(share, best.get(piece.group) ?? 0));
    else counted.push(share);
  }
  counted.push(...best.values());
  counted.sort((one, other) => one - other);
  const kept = counted.slice(Math.min(category.drop, Math.max(0, counted.length - 1)));
  if (kept.length === 0) return null;
  const sum = kept.reduce((total, share) => total + share, 0);
  return Math.min(category.cap, (100 * (sum + extra)) / kept.length);
}

function inWords(number) {
  return String(Math.round(number * 100) / 100);
}

function startForm(form) {
  const plan = JSON.parse(form.dataset.plan);
  const fields = [...form.querySelectorAll("input[name]")];
  const answer = form.querySelector("output");
  const all = form.querySelector("#all");

  // An empty field leaves its work open; one that is no mark is said to be none.
  function reckon() {
    const marks = {};
    const wrong = [];
    for (const field of fields) {
      const text = field.value.trim();
      const most = Number(field.dataset.most);
      const value = Number(text);
      const isWrong = (text === "" && field.validity.badInput) || (text !== "" && !(value >= 0 && value <= most));
      field.setAttribute("aria-invalid", String(isWrong));
      if (isWrong) wrong.push(`${field.name}: a number from 0 to ${inWords(most)}`);
      else if (text !== "") marks[field.name] = value / most;
    }
    const total = courseTotal(plan, marks);
    if (wrong.length) answer.textContent = `Please write ${wrong.join("; ")}.`;
    else if (total.percent === null) answer.textContent = "No course total: nothing counts yet.";
    else {
      const over = inWords(total.weight);
      answer.textContent = `Course total: ${inWords(total.percent)} %, over the ${over} % of the course that counts then.`;
    }
  }

  all.addEventListener("input", () => {
    const share = Number(all.value);
    const isMark = all.value.trim() !== "" && share >= 0 && share <= 100;
    for (const field of fields) field.value = isMark ? inWords((share / 100) * Number(field.dataset.most)) : "";
    reckon();
  });
  for (const field of fields) field.addEventListener("input", reckon);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("button").addEventListener("click", () => {
    for (const field of [all, ...fields]) field.value = "";
    reckon();
  });
  form.hidden = false;
  reckon();
}

const form = document.getElementById("what-if");
if (form) startForm(form);
