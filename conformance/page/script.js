"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const LIMITS = [0, 0.1, 0.25, 0.5, 0.75, 1];
const NAMES = ["exact", "≤ 0.1", "≤ 0.25", "≤ 0.5", "≤ 0.75", "≤ 1"];
const SHOWN = 12;  // cases of a kind before "show more"
const open = new Set();
const byId = id => document.getElementById(id);

function make(tag, facts = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(facts)) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const step = headroom => LIMITS.findIndex(limit => headroom <= limit);
const percent = part => part === 1 ? "100 %" : (Math.floor(part * 1000) / 10).toFixed(1) + " %";
const number = value => value === 0 ? "0" : value < 0.01 ? "< 0.01" : value.toFixed(2);

/* A cell holds, per check: [passed, all, gaps, failed or missing, headroom, seconds]. */
function merged(cell, check) {
  const chosen = Object.entries(cell).filter(([name]) => !check || name === check);
  if (!chosen.length) return null;
  const sum = [0, 0, 0, 0, 0, 0];
  for (const [, one] of chosen)
    one.forEach((value, i) => { sum[i] = i === 4 ? Math.max(sum[i], value) : sum[i] + value; });
  return sum;
}

/* ---- cards ---- */
function card(column) {
  const counts = column.counts;
  const parts = ["pass", "gap", "bad", "missing"].filter(name => counts[name]);
  const bar = make("div", {class: "bar", role: "img", "aria-label":
    parts.map(name => `${counts[name]} ${name}`).join(", ")});
  parts.forEach(name => bar.append(make("i", {class: name, style: `flex:${counts[name]}`,
                                              title: `${counts[name]} ${name}`})));
  const levels = make("table", {class: "levels"});
  for (const [name, passed, all] of column.levels)
    levels.append(make("tr", {}, make("td", {}, `level ${name}`),
      make("td", {}, `${passed.toLocaleString("en")} of ${all.toLocaleString("en")}`),
      make("td", {}, percent(passed / all))));
  const said = [`${counts.pass.toLocaleString("en")} of ${column.cases.toLocaleString("en")} cases`];
  if (counts.gap) said.push(`${counts.gap} declared gaps`);
  if (counts.bad) said.push(`${counts.bad} failing`);
  if (counts.missing) said.push(`${counts.missing} missing`);
  const found = make("article", {class: "card"}, make("h3", {}, column.title),
    make("div", {class: "version"}, `${column.framework} ${column.version} · ${column.autodiff ?
      "its own autodiff" : "shared gradient rules"}`),
    make("div", {class: "score"}, percent(column.score)),
    make("div", {class: "of"}, said.join(", ")), bar, levels, histogram(column.histogram),
    make("div", {class: "caption"}, "cases by error / bound (inexact ones)"));
  if (!column.valid) found.append(make("div", {class: "invalid"}, "✕ " + column.invalid));
  return found;
}

function histogram(bins) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 260 62");
  svg.setAttribute("class", "histogram");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `cases per tenth of the bound: ${bins.join(", ")}`);
  const put = (tag, facts, text) => {
    const element = document.createElementNS(space, tag);
    for (const [key, value] of Object.entries(facts)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    svg.append(element);
    return element;
  };
  const top = Math.max(1, ...bins);
  bins.forEach((count, i) => {
    const height = count ? Math.max(2, 40 * Math.sqrt(count / top)) : 0;
    const bar = put("rect", {x: i * 26 + 1, y: 46 - height, width: 24, height, rx: 2});
    bar.append(document.createElementNS(space, "title"));
    bar.lastChild.textContent = `${count} cases with error / bound in ${i / 10} to ${(i + 1) / 10}`;
  });
  put("line", {x1: 0, x2: 260, y1: 46.5, y2: 46.5});
  put("text", {x: 0, y: 58}, "0");
  put("text", {x: 130, y: 58, "text-anchor": "middle"}, "0.5");
  put("text", {x: 260, y: 58, "text-anchor": "end"}, "1 = bound");
  return svg;
}

/* ---- matrix ---- */
function cellOf(sum, toggle) {
  if (!sum) return make("div", {class: "cell nodata"}, "no data");
  const [passed, all, gaps, bad, headroom] = sum;
  const kind = bad ? "bad" : gaps ? "gap" : "h" + step(headroom);
  const sign = bad ? "✕ " : gaps ? "◪ " : "";
  const title = `${passed} of ${all} cases pass` + (gaps ? `, ${gaps} declared gaps` : "") +
    (bad ? `, ${bad} fail or are missing` : "") + `; greatest error / bound ${number(headroom)}`;
  return make("div", {class: "cell " + kind, title, onclick: toggle},
    make("span", {}, `${sign}${passed}/${all}`),
    make("span", {}, bad ? `${bad} wrong${headroom > 1 ? ", " + number(headroom) : ""}` : headroom ? number(headroom) : "exact"));
}

function fits(row, text, check, show) {
  const cells = row.cells.map(cell => merged(cell, check));
  if (!row.op.includes(text) || !cells.some(Boolean)) return false;
  if (show === "bad") return cells.some(sum => !sum || sum[3]);
  if (show === "gap") return cells.some(sum => sum && sum[2]);
  return show !== "near" || cells.some(sum => sum && sum[4] > 0.5);
}

function ordered(rows, order, check) {
  const worst = row => Math.max(...row.cells.map(c => merged(c, check)).map(s => s ? s[3] * 10 + s[4] : 0));
  if (order === "name") return [...rows].sort((a, b) => a.op < b.op ? -1 : 1);
  return order === "headroom" ? [...rows].sort((a, b) => worst(b) - worst(a)) : rows;
}

function draw() {
  const text = byId("filter").value.trim().toLowerCase();
  const check = byId("check").value, show = byId("show").value;
  const rows = ordered(data.rows.filter(row => fits(row, text, check, show)), byId("order").value, check);
  const body = byId("matrix").tBodies[0];
  body.replaceChildren();
  for (const row of rows) {
    const toggle = () => { open.has(row.op) ? open.delete(row.op) : open.add(row.op); draw(); };
    const name = make("button", {class: "op", "aria-expanded": String(open.has(row.op)), onclick: toggle}, row.op);
    body.append(make("tr", {}, make("th", {scope: "row"}, name),
      ...row.cells.map(cell => make("td", {}, cellOf(merged(cell, check), toggle)))));
    if (open.has(row.op)) body.append(make("tr", {class: "details"},
      make("td", {colspan: String(data.columns.length + 1)}, ...details(row))));
  }
  byId("count").textContent = `${rows.length} of ${data.rows.length} ops`;
  byId("none").hidden = rows.length > 0;
}

/* ---- details of an op ---- */
function details(row) {
  const checks = [...new Set(row.cells.flatMap(cell => Object.keys(cell)))];
  const table = make("table", {class: "facts"}, make("tr", {},
    ...["check", ...data.columns.map(c => c.title)].map(text => make("th", {}, text))));
  for (const check of checks) {
    const texts = row.cells.map(cell => {
      const sum = merged(cell, check);
      return sum ? `${sum[0]}/${sum[1]}, ${number(sum[4])} of the bound, ${sum[5].toFixed(2)} s` : "no data";
    });
    table.append(make("tr", {}, ...[check, ...texts].map(text => make("td", {}, text))));
  }
  const found = [make("div", {class: "scroll"}, table)];
  const titles = {bad: "Failing", gap: "Declared gaps", near: "Nearest to the bound"};
  for (const [kind, title] of Object.entries(titles)) {
    const notes = row.notes.filter(note => note.kind === kind);
    if (notes.length) found.push(make("h4", {}, title), notesTable(notes));
  }
  return found;
}

function notesTable(notes) {
  const table = make("table", {class: "facts notes"}), box = make("div", {class: "scroll"}, table);
  const rest = notes.slice(SHOWN);
  notes.slice(0, SHOWN).forEach(note => table.append(noteRow(note)));
  if (rest.length) {
    const more = make("button", {class: "more", onclick: () => {
      rest.forEach(note => table.append(noteRow(note)));
      more.remove();
    }}, `show ${rest.length} more`);
    box.append(more);
  }
  return box;
}

function noteRow(note) {
  const about = make("td", {}, make("div", {class: "case"}, note.id));
  if (note.message) about.append(make("div", {class: "message"}, note.message));
  const tone = note.kind === "near" ? "h" + step(note.headroom) : note.kind;
  const said = note.kind === "near" ? number(note.headroom) : note.status;
  return make("tr", {}, make("td", {}, data.columns[note.column].title),
    make("td", {}, make("span", {class: "tag " + tone}, said)), about);
}

/* ---- the page ---- */
function legend() {
  const ramp = make("span", {class: "ramp"}, ...NAMES.map((name, i) => make("b", {class: "h" + i}, name)));
  const sign = (kind, mark, text) => make("span", {}, make("i", {class: "swatch " + kind}, mark), text);
  byId("legend").append(make("span", {}, "greatest error / bound"), ramp, sign("gap", "◪", "declared gap"),
    sign("bad", "✕", "fails or is missing"), sign("nodata", "", "no data"));
}

byId("lead").textContent = data.lead;
data.columns.forEach(column => byId("cards").append(card(column)));
legend();
byId("matrix").tHead.append(make("tr", {}, make("th", {scope: "col"}, "op"),
  ...data.columns.map(column => make("th", {scope: "col"}, column.title))));
byId("check").append(make("option", {value: ""}, "all"),
  ...data.checks.map(name => make("option", {value: name}, name)));
byId("environment").append(make("tr", {}, make("th", {}, ""),
  ...data.columns.map(c => make("th", {}, c.title))), ...data.facts.map(
  ([name, values]) => make("tr", {}, make("th", {}, name), ...values.map(v => make("td", {}, v)))));
for (const id of ["filter", "check", "show", "order"]) byId(id).addEventListener("input", draw);
if (location.hash.length > 1) open.add(decodeURIComponent(location.hash.slice(1)));
draw();
