// Pictures become live charts when they come into view: tips, links, the colours of the page.
"use strict";
(function () {
  const specs = new Map();
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  report.chart = function (name, text) { specs.set(name, text); };

  function colours(spec) {
    const style = getComputedStyle(document.body);
    const ink = style.color;
    const line = style.getPropertyValue("--line").trim();
    const config = spec.config;
    config.background = "transparent";
    config.view = { stroke: "transparent" };
    config.font = style.fontFamily;
    Object.assign(config.axis, { labelColor: ink, titleColor: ink, gridColor: line });
    Object.assign(config.legend, { labelColor: ink, titleColor: ink });
    if (dark.matches) {
      const brighter = { "#0072B2": "#56B4E9", "#D55E00": "#F0883E", "#009E73": "#2BC29A", "#6B6B6B": "#A8A8A8" };
      return JSON.parse(JSON.stringify(spec), function (key, value) {
        return Object.prototype.hasOwnProperty.call(brighter, value) ? brighter[value] : value;
      });
    }
    return spec;
  }

  // Charts stand one folder down and link as from there; they load nothing and lead nowhere else.
  function sanitize(address) {
    const inside = /^\.\.\/(findings\.html#.*)$/.exec(address);
    return inside ? Promise.resolve({ href: report.root + inside[1] })
      : Promise.reject(new Error("no address of the report"));
  }
  function nothing() { return Promise.reject(new Error("charts load nothing")); }
  const loader = { load: nothing, sanitize: sanitize, http: nothing, file: nothing };

  function draw(plot) {
    const name = plot.dataset.chart;
    const picture = plot.querySelector("img");
    return report.load("assets/vega.js").then(function () {
      return report.load("charts/" + name + ".js");
    }).then(function () {
      const spec = colours(JSON.parse(specs.get(name)));
      const room = plot.clientWidth;
      spec.width = room;
      spec.autosize = { type: "fit-x", contains: "padding" };
      if (room < 480) { spec.config.axis.labelLimit = 120; }
      const place = document.createElement("div");
      place.className = "drawn";
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", picture.alt);
      plot.append(place);
      // Expressions are interpreted, so that the pages need not allow code from text.
      return vegaEmbed(place, spec, {
        ast: true, actions: false, renderer: "svg", defaultStyle: false, loader: loader,
        tooltip: { disableDefaultStyle: true },
      }).then(function () { plot.classList.add("live"); });
    }).catch(function (fault) {
      // The picture stays where it was.
      console.warn("chart " + name + ": " + fault);
    });
  }

  function again(plot) {
    plot.querySelectorAll(".drawn").forEach(function (old) { old.remove(); });
    plot.classList.remove("live");
    return draw(plot);
  }

  document.addEventListener("DOMContentLoaded", function () {
    const plots = document.querySelectorAll("[data-chart]");
    const seen = new IntersectionObserver(function (entries) {
      for (const entry of entries) {
        if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
      }
    }, { rootMargin: "200px" });
    plots.forEach(function (plot) { seen.observe(plot); });
    dark.addEventListener("change", function () {
      document.querySelectorAll("[data-chart].live").forEach(again);
    });
  });
}());
