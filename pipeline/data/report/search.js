// The findings page: what is asked stands in the address, documents are loaded as they are needed.
"use strict";
(function () {
  const AT_ONCE = 8;
  const CARDS = 30;
  const data = { documents: [], themes: new Map(), sections: {}, types: {}, findings: new Map() };
  const asked = {};
  const byId = function (id) { return document.getElementById(id); };
  let turn = 0;
  let shown = CARDS;

  report.index = function (documents, themes, sections, types) {
    const names = ["id", "council", "framework", "type", "published", "region", "grade", "title",
      "address", "pages", "repeats", "slug", "count"];
    data.documents = documents.map(function (row) {
      return Object.fromEntries(names.map(function (name, n) { return [name, row[n]]; }));
    });
    data.byId = new Map(data.documents.map(function (row) { return [row.id, row]; }));
    data.themes = new Map(themes);
    data.sections = sections;
    data.types = types;
  };

  report.findings = function (id, blocks) {
    const found = [];
    const own = data.byId.get(id);
    for (const [heading, section, paragraph, bullet, sentences] of blocks) {
      const block = { heading, section, paragraph, bullet };
      block.sentences = sentences.map(function (row) {
        if (typeof row === "string") { return row; }
        const [number, page, polarity, pieces, themes, confidence, source, speaker, coder, address, press] = row;
        const text = pieces.filter(function (_, n) { return n % 2; }).join("");
        const finding = { number, page, polarity, pieces, confidence, source, speaker, coder, address, press,
          text, themes: themes ? themes.split(";") : [], words: report.plain(text), block, document: own };
        found.push(finding);
        return finding;
      });
    }
    data.findings.set(id, found);
  };

  report.ask = function (facts) {
    return "findings.html#" + Object.entries(facts).map(function ([name, value]) {
      return name + "=" + encodeURIComponent(value);
    }).join("&");
  };

  const POLARITIES = ["strength", "weakness", "mixed"];
  function documentsAsked() {
    return data.documents.filter(function (row) {
      return (asked.doc ? row.id === asked.doc : !row.repeats)
        && (!asked.council || row.council === asked.council)
        && (!asked.framework || row.framework === asked.framework)
        && (!asked.year || row.published.slice(0, 4) === asked.year)
        && (!asked.region || row.region === asked.region)
        && (!asked.grade || row.grade === asked.grade)
        && (!asked.type || row.type === asked.type || (asked.type === "press" && row.type !== "inspection_report"));
    });
  }

  function fits(finding, words) {
    return (!asked.polarity || POLARITIES[finding.polarity] === asked.polarity)
      && (!asked.theme || finding.themes.includes(asked.theme))
      && (!asked.section || finding.block.section === asked.section)
      && (!asked.s || finding.number === asked.s)
      && (!asked.press || finding.press.some(function ([press, kind]) {
        return press === asked.press && (!asked.match || kind === asked.match);
      }))
      && words.every(function (word) { return finding.words.includes(word); });
  }

  function number(value) { return value.toLocaleString("en-GB"); }

  // Paragraphs in their order, each with its findings that fit.
  function paragraphs(documents, words) {
    const made = [];
    let findings = 0;
    for (const row of documents) {
      let last = null;
      for (const finding of data.findings.get(row.id) || []) {
        if (!fits(finding, words)) { continue; }
        findings += 1;
        if (last && last[0].block === finding.block) { last.push(finding); }
        else { last = [finding]; made.push(last); }
      }
    }
    return { made, findings };
  }

  function draw(documents, words, waiting, failed) {
    const { made, findings } = paragraphs(documents, words);
    const list = byId("results");
    list.replaceChildren(...made.slice(0, shown).map(function (hits) { return report.paragraph(hits, words, data); }));
    byId("more").hidden = made.length <= shown;
    let text = number(findings) + (findings === 1 ? " finding in " : " findings in ") + number(made.length)
      + (made.length === 1 ? " paragraph" : " paragraphs");
    if (made.length > shown) { text += ", the first " + shown + " shown"; }
    if (waiting) { text += "; " + number(waiting) + " documents still to be read"; }
    if (failed) { text += "; " + failed + " documents could not be read"; }
    byId("status").textContent = text + ".";
    document.body.dataset.ready = waiting ? "" : String(findings);
  }

  function narrowed() {
    const note = byId("narrow");
    const parts = [];
    if (asked.press) {
      parts.push({ left_out: "weaknesses that ", weakness: "weaknesses taken up in ", strength: "strengths taken up in " }[asked.match] || "findings held against ",
        asked.press, asked.match === "left_out" ? " leaves out" : "");
    }
    if (asked.s) { parts.push("the sentence " + asked.s); }
    note.hidden = !parts.length;
    note.replaceChildren("Only " + parts.join("") + ". ");
    if (parts.length) {
      const wider = report.make("a", { href: report.ask(asked.doc ? { doc: asked.doc } : {}) }, "Show all of the document");
      note.append(wider);
    }
  }

  async function search() {
    turn += 1;
    const mine = turn;
    const words = report.plain(asked.q || "").split(" ").filter(Boolean);
    narrowed();
    const something = Object.entries(asked).some(function ([name, value]) { return name === "q" ? value.trim().length > 1 : value; });
    if (!something) {
      byId("results").replaceChildren();
      byId("more").hidden = true;
      byId("status").textContent = "Type a word, or choose a council, a theme or anything else.";
      document.body.dataset.ready = "";
      return;
    }
    const documents = documentsAsked();
    const wanted = documents.filter(function (row) { return !data.findings.has(row.id); });
    let failed = 0;
    let drawn = 0;
    if (wanted.length) { document.body.dataset.ready = ""; }
    for (let n = 0; n < wanted.length; n += AT_ONCE) {
      if (mine !== turn) { return; }
      const some = wanted.slice(n, n + AT_ONCE).map(function (row) {
        return report.load("data/findings/" + encodeURIComponent(row.id) + ".js").catch(function () { failed += 1; });
      });
      await Promise.all(some);
      const now = performance.now();
      if (mine === turn && now - drawn > 400) {
        draw(documents, words, Math.max(0, wanted.length - n - AT_ONCE), failed);
        drawn = now;
      }
    }
    if (mine === turn) { draw(documents, words, 0, failed); }
  }

  function fill() {
    const option = function (value, label) { return report.make("option", { value: value || null }, label); };
    const all = function () { const made = report.make("option", {}, "all"); made.value = ""; return made; };
    const councils = Array.from(new Set(data.documents.map(function (row) { return row.council; }))).filter(Boolean);
    byId("a-council").replaceChildren(all(), ...councils.map(function (name) { return option(name, name); }));
    byId("a-theme").replaceChildren(all(), ...Array.from(data.themes, function ([id, label]) { return option(id, label); }));
    fillDocuments();
  }

  function fillDocuments() {
    const all = report.make("option", {}, "all");
    all.value = "";
    const rows = data.documents.filter(function (row) { return !asked.council || row.council === asked.council; });
    byId("a-doc").replaceChildren(all, ...rows.map(function (row) {
      const name = [row.council || "Council not named", row.published.slice(0, 4), row.framework || data.types[row.type]].filter(Boolean).join(" ");
      return report.make("option", { value: row.id }, name + (row.repeats ? " (repeated)" : ""));
    }));
  }

  function readAddress() {
    for (const name of Object.keys(asked)) { delete asked[name]; }
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) { if (value) { asked[name] = value; } }
    fillDocuments();
    byId("q").value = asked.q || "";
    document.querySelectorAll("[data-ask]").forEach(function (field) { field.value = asked[field.dataset.ask] || ""; });
    shown = CARDS;
    search();
  }

  function writeAddress() {
    asked.q = byId("q").value;
    document.querySelectorAll("[data-ask]").forEach(function (field) { asked[field.dataset.ask] = field.value; });
    for (const name of Object.keys(asked)) { if (!asked[name]) { delete asked[name]; } }
    history.replaceState(null, "", report.ask(asked));
    shown = CARDS;
    search();
  }

  document.addEventListener("DOMContentLoaded", function () {
    fill();
    const form = byId("ask");
    let typing = 0;
    byId("q").addEventListener("input", function (event) {
      event.stopPropagation();
      clearTimeout(typing);
      typing = setTimeout(writeAddress, 120);
    });
    form.addEventListener("input", function (event) {
      // Another council, another document, or another wish lets the one sentence go.
      delete asked.s;
      if (event.target.id === "a-council") { byId("a-doc").value = ""; }
      if (event.target.id === "a-doc") { delete asked.press; delete asked.match; }
      writeAddress();
      if (event.target.id === "a-council") { fillDocuments(); }
    });
    form.addEventListener("submit", function (event) { event.preventDefault(); writeAddress(); });
    form.addEventListener("reset", function (event) {
      event.preventDefault();
      location.hash = "";
      byId("q").value = "";
      readAddress();
    });
    byId("more").addEventListener("click", function () {
      const first = shown;
      shown += CARDS;
      draw(documentsAsked(), report.plain(asked.q || "").split(" ").filter(Boolean), 0, 0);
      const next = byId("results").children[first];
      if (next) { next.tabIndex = -1; next.focus(); }
    });
    window.addEventListener("hashchange", readAddress);
    readAddress();
  });
}());
