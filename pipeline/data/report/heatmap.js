// Filters, order and arrow keys of the heat map.
"use strict";
document.addEventListener("DOMContentLoaded", function () {
  const form = document.getElementById("filters");
  const table = document.getElementById("heat");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const readout = document.getElementById("readout");
  const status = document.getElementById("heat-status");
  const byId = function (id) { return document.getElementById(id); };
  const names = rows.map(function (row) { return report.plain(row.cells[0].textContent); });
  const facts = ["framework", "year", "region", "type"];
  form.hidden = false;

  function shareOf(row, theme) {
    const link = row.cells[theme + 2].querySelector("a");
    return link ? Number(link.dataset.share) : -1;
  }

  const orders = {
    name: function (a, b) { return a - b; },
    date: function (a, b) {
      return rows[b].dataset.date < rows[a].dataset.date ? -1 : rows[b].dataset.date > rows[a].dataset.date ? 1 : a - b;
    },
    grade: function (a, b) { return rows[a].dataset.grade - rows[b].dataset.grade || a - b; },
  };

  let moved = false;
  function sort() {
    const by = byId("f-sort").value;
    const order = orders[by] || function (a, b) {
      return shareOf(rows[b], Number(by)) - shareOf(rows[a], Number(by)) || a - b;
    };
    const places = rows.map(function (_, place) { return place; }).sort(order);
    // Moving every row takes long, and at first they stand in their order.
    if (by !== "name" || moved) {
      body.append(...places.map(function (place) { return rows[place]; }));
      moved = true;
    }
    Array.from(table.tHead.rows[0].cells).forEach(function (head, place) {
      const sorted = (by === "name" && place === 0) || (by === "grade" && place === 1) || Number(by) + 2 === place;
      if (sorted) { head.setAttribute("aria-sort", by === "name" || by === "grade" ? "ascending" : "descending"); }
      else { head.removeAttribute("aria-sort"); }
    });
  }

  function filter() {
    const words = report.plain(byId("f-name").value).split(" ").filter(Boolean);
    const wanted = facts.map(function (name) { return byId("f-" + name).value; });
    const latest = byId("f-latest").checked;
    let shown = 0;
    rows.forEach(function (row, place) {
      row.hidden = !facts.every(function (name, n) { return !wanted[n] || row.dataset[name] === wanted[n]; })
        || (latest && !("latest" in row.dataset))
        || !words.every(function (word) { return names[place].includes(word); });
      shown += row.hidden ? 0 : 1;
    });
    status.textContent = shown + " of " + rows.length + " documents";
    table.classList.toggle("numbers", byId("f-numbers").checked);
    rove();
  }

  // One square is in the tab order; the arrow keys move from there.
  let current = null;
  function rove(link) {
    if (current) { current.tabIndex = -1; }
    const first = Array.from(body.rows).find(function (row) { return !row.hidden; });
    const here = link || (current && !current.closest("tr").hidden ? current : first && first.querySelector("td a"));
    current = here || null;
    if (current) { current.tabIndex = 0; }
  }

  function step(link, across, down) {
    const cell = link.closest("td");
    let row = cell.parentElement;
    let place = cell.cellIndex;
    for (;;) {
      if (down) { do { row = down > 0 ? row.nextElementSibling : row.previousElementSibling; } while (row && row.hidden); }
      else { place += across; }
      const next = row && row.cells[place];
      if (!next || place < 2) { return; }
      const found = next.querySelector("a");
      if (found) { rove(found); found.focus(); return; }
    }
  }

  const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  body.addEventListener("keydown", function (event) {
    const link = event.target.closest("td a");
    if (link && keys[event.key]) { event.preventDefault(); step(link, ...keys[event.key]); }
  });
  function read(event) {
    const link = event.target.closest && event.target.closest("td a[aria-label]");
    if (link) { readout.textContent = link.getAttribute("aria-label"); }
  }
  body.addEventListener("focusin", function (event) {
    const link = event.target.closest("td a");
    if (link) { rove(link); }
    read(event);
  });
  body.addEventListener("mouseover", read);
  body.querySelectorAll("td a").forEach(function (link) { link.tabIndex = -1; });

  form.addEventListener("input", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(function () { sort(); filter(); }, 0); });
  byId("f-sort").addEventListener("input", sort);
  sort();
  filter();
});
