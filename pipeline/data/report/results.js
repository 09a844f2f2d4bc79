// A paragraph with its findings, drawn from data as text: nothing of it is read as HTML.
"use strict";
(function () {
  const POLARITIES = ["strength", "weakness", "mixed"];
  const SIGNS = ["+", "\u2212", "\u00b1"];

  report.make = function (tag, attributes, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== "" && value !== null && value !== undefined) { element.setAttribute(name, value); }
    }
    element.append(...inside);
    return element;
  };
  const make = report.make;

  // Only addresses of the web become links, whatever the data says.
  function link(address, attributes, ...inside) {
    return /^https?:\/\//i.test(address) ? make("a", { href: address, ...attributes }, ...inside) : null;
  }

  report.day = function (iso) {
    if (!iso) { return "no date"; }
    const [year, month, date] = iso.split("-").map(Number);
    const months = ["January", "February", "March", "April", "May", "June", "July", "August",
      "September", "October", "November", "December"];
    return date + " " + months[month - 1] + " " + year;
  };

  // Where the words that were looked for stand in the text, as a flag for each character.
  function wanted(text, words) {
    const flags = new Uint8Array(text.length);
    const plain = text.toLowerCase().replace(/[\u2018\u2019\u02bc]/g, "'");
    if (plain.length !== text.length) { return flags; }
    for (const word of words) {
      for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length)) {
        flags.fill(1, at, at + word.length);
      }
    }
    return flags;
  }

  function pieces(finding, words) {
    const made = [];
    const text = finding.text;
    const flags = wanted(text, words);
    let at = 0;
    for (let n = 0; n < finding.pieces.length; n += 2) {
      const mark = finding.pieces[n];
      const piece = finding.pieces[n + 1];
      const inside = [];
      for (let from = 0; from < piece.length;) {
        let to = from + 1;
        while (to < piece.length && flags[at + to] === flags[at + from]) { to += 1; }
        const part = piece.slice(from, to);
        inside.push(flags[at + from] ? make("span", { class: "asked" }, part) : part);
        from = to;
      }
      at += piece.length;
      if (!mark) { made.push(...inside); continue; }
      const kind = mark === 1 ? "polarity" : mark === 2 ? "theme" : "polarity theme";
      made.push(make("mark", { class: kind }, ...inside));
    }
    return made;
  }

  function codes(finding, data) {
    const line = make("li", {});
    line.append(make("span", { class: "pill " + POLARITIES[finding.polarity] },
      make("span", { "aria-hidden": "true" }, SIGNS[finding.polarity] + " "), POLARITIES[finding.polarity]));
    for (const theme of finding.themes) {
      line.append(" ", data.themes.has(theme)
        ? make("a", { class: "theme-link", href: "themes/" + encodeURIComponent(theme) + ".html" }, data.themes.get(theme))
        : make("span", {}, theme));
    }
    const notes = [];
    if (finding.source !== "inspectorate" || finding.speaker) {
      notes.push("said by " + (finding.speaker ? finding.speaker + " (" + finding.source + ")" : finding.source));
    }
    notes.push(finding.coder === "model" ? "confidence " + Math.round(100 * finding.confidence) + " %"
      : "coded by " + finding.coder);
    line.append(make("small", {}, notes.join(" \u00b7 ")));
    for (const [press, kind, sentence] of finding.press) {
      line.append(" ", kind === "left_out" ? make("small", {}, "left out in ", press)
        : make("small", {}, "taken up in ", make("a", { href: report.ask({ doc: press, s: sentence.slice(press.length + 1) }) }, sentence)));
    }
    line.append(" ", make("a", { class: "self", href: report.ask({ doc: finding.document.id, s: finding.number }),
      "aria-label": "Link to this sentence" }, "link"));
    return line;
  }

  // One paragraph: its findings that were asked for stand out, the other sentences stay readable.
  report.paragraph = function (hits, words, data) {
    const block = hits[0].block;
    const document_ = hits[0].document;
    const asked = new Set(hits);
    const text = make("p", { class: block.bullet ? "paragraph bullet" : "paragraph" });
    for (const sentence of block.sentences) {
      if (typeof sentence === "string") { text.append(sentence, " "); continue; }
      const hit = asked.has(sentence);
      text.append(make("span", { class: (hit ? "hit " : "beside ") + POLARITIES[sentence.polarity],
        "data-s": sentence.number }, ...(hit ? pieces(sentence, words) : [sentence.text])), " ");
    }
    const pages = Array.from(new Set(hits.map(function (hit) { return hit.page; })));
    const place = [data.sections[block.section] || block.section];
    if (block.heading && report.plain(block.heading) !== place[0]) { place.push("\u201c" + block.heading + "\u201d"); }
    if (block.paragraph) { place.push("paragraph " + block.paragraph); }
    const head = make("header", {},
      make("h2", {}, make("a", { href: "councils/" + document_.slug + ".html" }, document_.council || "Council not named"),
        " ", make("small", {}, [document_.framework, data.types[document_.type], report.day(document_.published)].filter(Boolean).join(" \u00b7 "))),
      make("p", { class: "place" }, place.join(" \u00b7 "), " \u00b7 ", make("span", { class: "page" }, "page " + pages.join(", ")), " "));
    const original = link(hits[0].address, { rel: "noopener noreferrer external" },
      "original, page " + hits[0].page);
    head.lastChild.append(original || make("span", { class: "none" }, "no public address"));
    return make("li", { class: "card" }, head, text,
      make("ul", { class: "codes", "aria-label": "How it was coded" }, ...hits.map(function (hit) { return codes(hit, data); })));
  };
}());
