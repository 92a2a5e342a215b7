"use strict";
// The curves: which there are, the table below each, and the range of steps that all of them show.
const charts = (() => {
  const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [1, 2]];
  const KNOWN = {
    js_bound_nats: ["Bound by D", "--discriminator"], audited_nats: ["Bound by a fresh auditor", "--auditor"], true_js_nats: ["True divergence", "--optimum"],
    diversity_pairs: ["between pairs", "--generator"], diversity_neighbors: ["between neighbors", "--discriminator"],
    discriminator: ["D", "--discriminator"], generator: ["G", "--generator"], penalty: ["penalty", "--penalty"], "generator penalty": ["penalty of G", "--series-4"], loss: ["loss", "--generator"],
  };
  const GOALS = { Lower: "lower is better", Higher: "higher is better", NearReal: "best near the value of real images" };
  const DIVERGENCE = ["js_bound_nats", "audited_nats", "true_js_nats"];
  const DIVERSITY = ["diversity_pairs", "diversity_neighbors"];
  /** What is drawn of the other estimates, in this order: title, unit, and what to make of it. */
  const ESTIMATES = {
    held_out_bound_nats: ["Evidence lower bound of held-out data", "nats", "Higher is better."],
    bound_nats: ["Evidence lower bound of training data", "nats", "Higher is better."],
    reconstruction_nats: ["Reconstruction", "nats", "ln p(x|z) of the data by its own code; higher is better."],
    kl_nats: ["Kullback-Leibler divergence of the codes", "nats", "0: the codes say nothing of the images."],
    optimality_gap_nats: ["How far D is from the best discriminator", "nats", "What a better D would see and this one doesn't; 0 is best."],
    mode_share: ["Share of the modes that G hits", "", "1 is all."],
    memorization_gap_nats: ["Bound on learned less held-out data", "nats", "Above 0, D knows its training data by heart."],
    calibration_error: ["Calibration error of D's probabilities", "", "0: they are frequencies."],
    generator_gradient_weight: ["How G's loss scales the gradient of D's logit", "", "Near 0, G learns nothing."],
    value_nats: ["Value of the game V(D, G)", "nats", "−ln 4 = −1.386: D can't tell real from generated samples."],
  };

  let zoom = null, full = null, drawn = [], onZoom = () => { };

  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const asPoint = entry => typeof entry === "object" && entry !== null ? entry : { value: entry };

  /** Keys of one part of the records ("losses", "metrics"), in the order in which they first appear. */
  const keysOf = (runs, part) => [...new Set(runs.flatMap(run => run.records.flatMap(record => Object.keys(record[part] ?? {}))))];

  /** Which charts the runs need: each a title, a unit and the curves in it. */
  function definitions(runs) {
    const list = [], estimates = keysOf(runs, "estimates");
    const add = (title, unit, about, part, keys) => keys.length && list.push({ title, unit, about, curves: keys.map(key => ({ part, key })) });
    add("Jensen-Shannon divergence, lower bounds", "nats", "0: no difference found, which is no proof of closeness; ln 2 = 0.693: nothing in common.", "estimates", DIVERGENCE.filter(key => estimates.includes(key)));
    keysOf(runs, "metrics").forEach(key => {
      const goal = runs.flatMap(run => run.records).find(record => record.metrics?.[key])?.metrics[key].goal;
      list.push({ title: key, unit: "", about: GOALS[goal] ?? "", curves: [{ part: "metrics", key }] });
    });
    add("Losses", "mean since the last report", "The players' losses move against each other; neither falls to 0 in a healthy run.", "losses", keysOf(runs, "losses"));
    const terms = keysOf(runs, "terms");
    for (const player of new Set(terms.map(name => name.split("/")[0])))
      add(`Loss terms: ${player}`, "mean since the last report", "", "terms", terms.filter(name => name.split("/")[0] === player));
    add("Diversity of generated samples", "of the data's", "1: as different from each other as the data; 0: all alike.", "estimates", DIVERSITY.filter(key => estimates.includes(key)));
    const others = estimates.filter(key => !DIVERGENCE.includes(key) && !DIVERSITY.includes(key)), order = Object.keys(ESTIMATES);
    for (const key of others.sort((a, b) => (order.indexOf(a) + 1 || 99) - (order.indexOf(b) + 1 || 99))) {
      const [title, unit, about] = ESTIMATES[key] ?? [key.replaceAll("_", " "), "", ""];
      add(title, unit, about, "estimates", [key]);
    }
    // Of several runs, each quantity has a chart of its own, and each run a color.
    return runs.length < 2 ? list : list.flatMap(chart => chart.curves.map(curve => ({
      ...chart, title: chart.curves.length < 2 ? chart.title : `${chart.title}: ${nameOf(curve)}`, curves: [curve],
    })));
  }

  const nameOf = curve => KNOWN[curve.key]?.[0] ?? curve.key.split("/").at(-1);

  /** The lines of a chart, with a point for each report that has one. */
  function linesOf(chart, runs) {
    const lines = [];
    runs.forEach((run, runIndex) => chart.curves.forEach((curve, curveIndex) => {
      const points = new Map(), real = new Map();
      for (const record of run.records) {
        const entry = record[curve.part]?.[curve.key];
        if (entry === undefined)
          continue;
        const point = asPoint(entry);
        points.set(record.step, point);
        if (typeof point.ofReal === "number")
          real.set(record.step, { value: point.ofReal });
      }
      if (!points.size)
        return;
      const several = runs.length > 1;
      const color = several ? run.color : KNOWN[curve.key]?.[1] ?? `--series-${curveIndex % 6}`;
      const name = several ? run.title : chart.curves.length > 1 || KNOWN[curve.key] ? nameOf(curve) : curve.part === "metrics" ? "generated samples" : curve.part === "terms" ? nameOf(curve) : "estimate";
      lines.push({ name, color, dash: DASHES[(several ? runIndex : curveIndex) % DASHES.length], points, width: 2 });
      if (real.size)
        lines.push({ name: several ? `real samples (${run.title})` : "real samples", color: several ? color : "--data", dash: [3, 4], points: real, width: 1.25 });
    }));
    return lines;
  }

  function dataOf(lines) {
    const steps = [...new Set(lines.flatMap(line => [...line.points.keys()]))].sort((a, b) => a - b);
    // What a report has not measured is passed over; what isn't a number is a gap.
    const column = (line, key) => steps.map(step => line.points.has(step) ? line.points.get(step)[key] ?? null : undefined);
    const columns = [steps], series = [{}], bands = [];
    for (const line of lines) {
      const stroke = () => css(line.color);
      const hasBand = [...line.points.values()].some(point => typeof point.lower === "number");
      columns.push(column(line, "value"));
      series.push({ label: line.name, stroke, width: line.width, dash: line.dash, spanGaps: false, points: { size: 5, fill: stroke } });
      if (!hasBand)
        continue;
      columns.push(column(line, "upper"), column(line, "lower"));
      const edge = { stroke: "transparent", width: 0, points: { show: false } };
      series.push({ ...edge }, { ...edge });
      bands.push({ series: [series.length - 2, series.length - 1], fill: () => css(line.color) + "2b" });
    }
    return { columns, series, bands };
  }

  class Chart {
    constructor(parent) {
      this.caption = el("figcaption");
      this.about = el("p", { class: "about faint" });
      this.plot = el("div", { class: "plot", "aria-hidden": "true" });
      this.rows = el("tbody");
      this.interval = el("th", { scope: "col", class: "number" }, "95% interval");
      parent.append(el("figure", { class: "chart" }, this.caption, this.about, this.plot, el("table", {},
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "curve"), el("th", { scope: "col", class: "number" }, "value"), this.interval, el("th", { scope: "col", class: "number" }, "step"))), this.rows)));
      this.observer = new ResizeObserver(() => this.u?.setSize(this.size()));
      this.observer.observe(this.plot);
    }

    size() { return { width: Math.max(200, this.plot.clientWidth), height: 232 }; }

    show(definition, runs) {
      this.caption.textContent = definition.title;
      this.about.textContent = definition.about;
      this.lines = linesOf(definition, runs);
      const { columns, series, bands } = dataOf(this.lines);
      // One step is no curve: its values stand in the table. The observer sets the size when a second one comes.
      this.plot.hidden = columns[0].length < 2;
      // A series more or less is another chart.
      const shape = JSON.stringify([definition.title, this.lines.map(line => [line.name, line.color]), series.length]);
      if (this.u && shape === this.shape)
        this.u.setData(columns);
      else {
        this.u?.destroy();
        this.u = new uPlot(this.settings(definition, series, bands), columns, this.plot);
        this.shape = shape;
      }
      this.table(null);
    }

    settings(definition, series, bands) {
      const axis = { stroke: () => css("--faint"), font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", labelSize: 18, grid: { stroke: () => css("--line"), width: 1 }, ticks: { stroke: () => css("--line"), width: 1 } };
      return {
        ...this.size(), series, bands, legend: { show: false },
        scales: { x: { time: false, range: () => zoom ?? full } },
        axes: [{ ...axis, label: "step", size: 32, values: (_, ticks) => ticks.map(tick => tick.toLocaleString("en")) }, { ...axis, label: definition.unit || undefined, size: 56, values: (_, ticks) => ticks.map(tick => format(tick)) }],
        cursor: { sync: { key: "steps" }, y: false, drag: { setScale: false, x: true, y: false }, bind: { dblclick: () => () => setZoom(null) } },
        hooks: {
          setCursor: [u => this.table(u.cursor.idx ?? null)],
          setSelect: [u => {
            if (u.select.width < 4)
              return;
            const [from, to] = [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")];
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            setZoom([from, to]);
          }],
        },
      };
    }

    /** The values at the cursor, or the last ones. */
    table(index) {
      const limit = index === null || !this.u ? Infinity : this.u.data[0][index];
      const hasInterval = this.lines.some(line => [...line.points.values()].some(point => typeof point.lower === "number"));
      this.interval.hidden = !hasInterval;
      this.rows.replaceChildren(...this.lines.map(line => {
        const step = [...line.points.keys()].filter(at => at <= limit).at(-1);
        const point = line.points.get(step);
        const interval = point && typeof point.lower === "number" ? `${format(point.lower, 3)} to ${format(point.upper, 3)}` : "";
        return el("tr", {}, el("th", { scope: "row" }, swatch(line), line.name), el("td", { class: "number" }, point ? format(point.value) : ""),
          ...(hasInterval ? [el("td", { class: "number" }, interval)] : []), el("td", { class: "number" }, step === undefined ? "" : step.toLocaleString("en")));
      }));
    }

    remove() {
      this.observer.disconnect();
      this.u?.destroy();
      this.caption.parentElement.remove();
    }
  }

  function swatch(line) {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("class", "swatch");
    picture.setAttribute("aria-hidden", "true");
    const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [name, value] of Object.entries({ x1: 0, x2: "100%", y1: "50%", y2: "50%", stroke: css(line.color), "stroke-width": line.width + .5, "stroke-dasharray": line.dash.join(" ") }))
      stroke.setAttribute(name, value);
    picture.append(stroke);
    return picture;
  }

  function setZoom(range) {
    zoom = range;
    drawn.forEach(chart => chart.u?.setData(chart.u.data));
    onZoom(zoom);
  }

  /** Draws the runs' curves, keeping charts that are there. */
  function show(parent, runs) {
    // One range for all, so that what stands above each other is of one time.
    // A loop: Math.min(...steps) of a hundred thousand steps is more arguments than a call may have.
    let [first, last] = [Infinity, -Infinity];
    for (const { step } of runs.flatMap(run => run.records))
      [first, last] = [Math.min(first, step), Math.max(last, step)];
    full = first < last ? [first, last] : [first - 1, first + 1];
    const wanted = definitions(runs.filter(run => run.records.length));
    while (drawn.length > wanted.length)
      drawn.pop().remove();
    while (drawn.length < wanted.length)
      drawn.push(new Chart(parent));
    wanted.forEach((definition, index) => drawn[index].show(definition, runs));
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach(chart => { chart.u?.redraw(); chart.table(null); }));
  return { show, setZoom, whenZoomed: action => { onZoom = action; }, GOALS };
})();
