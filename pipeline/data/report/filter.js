// Narrow the rows of a table while one types.
"use strict";
document.addEventListener("DOMContentLoaded", function () {
  const field = document.querySelector("[data-filter]");
  if (!field) { return; }
  const rows = Array.from(document.querySelectorAll("#" + field.dataset.filter + " tbody tr"));
  const texts = rows.map(function (row) { return report.plain(row.textContent); });
  const status = document.getElementById("filter-status");
  field.addEventListener("input", function () {
    const words = report.plain(field.value).split(" ").filter(Boolean);
    let shown = 0;
    rows.forEach(function (row, place) {
      row.hidden = !words.every(function (word) { return texts[place].includes(word); });
      shown += row.hidden ? 0 : 1;
    });
    status.textContent = words.length ? shown + " of " + rows.length : "";
  });
});
