// What every page needs: scripts loaded on demand, and the search of the first page.
"use strict";
window.report = { root: document.body ? document.body.dataset.root : "" };

// Pages on disk may not fetch files; a script element may be loaded.
report.load = function (address) {
  report.loaded = report.loaded || new Map();
  if (!report.loaded.has(address)) {
    report.loaded.set(address, new Promise(function (done, failed) {
      const element = document.createElement("script");
      element.src = report.root + address;
      element.onload = done;
      element.onerror = function () { failed(new Error(address)); };
      document.head.append(element);
    }));
  }
  return report.loaded.get(address);
};

// Words as they are compared: lower case, one kind of apostrophe and of blank.
report.plain = function (text) {
  return text.toLowerCase().replace(/[\u2018\u2019\u02bc]/g, "'").replace(/\s+/g, " ");
};

document.addEventListener("DOMContentLoaded", function () {
  const jump = document.getElementById("jump");
  if (jump) {
    jump.addEventListener("submit", function (event) {
      event.preventDefault();
      const words = document.getElementById("jump-words").value.trim();
      location.href = "findings.html" + (words ? "#q=" + encodeURIComponent(words) : "");
    });
  }
});
