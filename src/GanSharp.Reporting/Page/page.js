"use strict";
// One page for both: a file with its data inside, and a live page that asks a server. Text from a run only ever becomes text (el), never markup.

function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** So many significant digits, as few characters as they need. */
function format(value, digits = 4) {
  if (typeof value !== "number" || !Number.isFinite(value))
    return "not a number";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7))
    return value.toExponential(2).replace("-", "−");
  return value.toLocaleString("en", { maximumSignificantDigits: size >= 1000 ? 6 : digits }).replace("-", "−");
}

function duration(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds % 3600 / 60)];
  return hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`;
}

const $ = id => document.getElementById(id);
const count = number => number.toLocaleString("en");

(() => {
  const BOUND = "0 nats: no difference was found; ln 2 = 0.693 nats: real and generated samples have nothing in common. ";
  const EXPLANATIONS = {
    Audited: BOUND + "It is a lower bound: a fresh network looked at this generator, and a stronger one may find more. A bound near zero is no proof of closeness.",
    Unaudited: BOUND + "Only D itself has looked. A D that sees nothing gives a small bound too, so a bound near zero is no proof of closeness.",
    AuditedBefore: BOUND + "Only D has looked at this generator; a fresh auditor looked at an earlier one, and D sees at least half of what it saw. A bound near zero is no proof of closeness.",
    DiscriminatorBlind: BOUND + "D sees less than half of what a fresh auditor saw earlier: its small bound says nothing about closeness.",
    NotARatio: "No divergence is below 0, so D's logits are no density ratio now and nothing can be read from them.",
    Unread: "With this objective D's output is no density ratio, so no divergence is read from it; a fresh auditor or a metric can still measure one.",
  };
  const state = { live: false, runs: [], shown: new Set(), all: [], progress: null, follow: true };
  const shown = () => state.runs.filter(run => state.shown.has(run.id));
  const main = () => state.runs[0];

  // What the run says of itself.

  function showProgress() {
    const run = main(), last = run.records.at(-1), live = state.progress;
    const [step, lastStep] = [live?.step ?? last?.step ?? 0, live?.lastStep ?? last?.lastStep ?? 0];
    const parts = [lastStep ? `Step ${count(step)} of ${count(lastStep)}` : `Step ${count(step)}`];
    if (last)
      parts.push(`${duration(last.elapsedSeconds)} at step ${count(last.step)}`, `${count(Math.round(last.samplesPerSecond))} samples/s`);
    if (live?.state === "running" && last && last.elapsedSeconds > 0 && lastStep > step) {
      // Over the last reports, because the first ones are slower.
      const before = run.records.at(-Math.min(6, run.records.length)), first = before === last || before.elapsedSeconds >= last.elapsedSeconds ? { step: run.records[0] === last ? 0 : before.step - 1, elapsedSeconds: 0 } : before;
      const left = (lastStep - step) * (last.elapsedSeconds - first.elapsedSeconds) / Math.max(1, last.step - first.step);
      parts.push(`about ${duration(left)} left`);
    }
    if (live && live.state !== "running")
      parts.push(live.state !== "over" ? live.state : step >= lastStep ? "finished" : "ended before its last step");
    $("progress").textContent = parts.join(" · ");
    $("bar").max = Math.max(1, lastStep);
    $("bar").value = step;
    $("title").textContent = run.title;
    $("kind").textContent = `GanSharp · ${run.kind === "vae" ? "variational autoencoder" : "generative adversarial network"}${state.live ? " · live" : ""}`;
    document.title = lastStep && state.live ? `${Math.floor(100 * step / lastStep)}% · ${run.title}` : run.title;
  }

  function tile(name, value, note) {
    return el("div", { class: "tile" }, el("span", { class: "name" }, name), el("span", { class: "value" }, value), el("span", { class: "note" }, note));
  }

  function tiles(run) {
    const list = [], last = run.records.at(-1);
    const bounds = ["audited_nats", "js_bound_nats"].map(key => last.estimates?.[key]).filter(bound => bound && typeof bound.value === "number");
    if (bounds.length && !["NotARatio", "Unread"].includes(last.standing)) {
      const best = bounds.reduce((a, b) => (b.lower ?? b.value) > (a.lower ?? a.value) ? b : a);
      list.push(tile("Jensen-Shannon divergence", `≥ ${format(Math.max(0, best.value))} nats`, best === last.estimates.audited_nats ? "found by a fresh auditor" : last.standing === "Unaudited" ? "by D alone, unaudited" : "found by D"));
    }
    const names = new Set(run.records.flatMap(record => Object.keys(record.metrics ?? {})));
    for (const name of [...names].slice(0, 5)) {
      const record = run.records.findLast(entry => entry.metrics?.[name]), metric = record.metrics[name];
      const notes = [charts.GOALS[metric.goal], typeof metric.ofReal === "number" && `real samples: ${format(metric.ofReal)}`, record !== last && `at step ${count(record.step)}`];
      list.push(tile(name, format(metric.value), notes.filter(Boolean).join("; ")));
    }
    return list;
  }

  function finding(isProblem, verdict, ...lines) {
    return el("div", { class: isProblem ? "finding bad" : "finding" },
      el("p", { class: "verdict" }, el("span", { class: "mark", "aria-hidden": "true" }, isProblem ? "▲" : "✓"), `${isProblem ? "Problem" : "OK"}: ${verdict}`), ...lines.filter(Boolean).map(line => el("p", {}, line)));
  }

  const sentence = text => text && (/[.!?]$/.test(text) ? text : `${text}.`);

  function showStanding() {
    const run = main(), last = run.records.at(-1);
    if (!last) {
      $("headline").textContent = "No report yet.";
      return;
    }
    $("headline").textContent = sentence(last.headline ?? "");
    $("explanation").textContent = EXPLANATIONS[last.standing] ?? "";
    $("tiles").replaceChildren(...tiles(run));
    $("findings").replaceChildren(
      ...(run.warnings ?? []).map(text => finding(true, "the run folder", sentence(text))),
      ...(last.findings ?? []).map(entry => finding(entry.isProblem, entry.name, sentence(entry.evidence), sentence(entry.advice))),
      ...[...(last.failures ?? []), ...(last.warnings ?? []).filter(text => !(last.failures ?? []).includes(text))].map(text => finding(true, "a warning", sentence(text))));
  }

  function showNotes() {
    const last = main().records.at(-1), notes = Object.entries(last?.notes ?? {});
    if (last?.model)
      notes.unshift(["Generator measured", last.model]);
    $("notes").hidden = !notes.length;
    $("note-list").replaceChildren(...notes.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, sentence(text))]));
  }

  function showClasses() {
    const classes = [...main().records.at(-1)?.classes ?? []].sort((a, b) => b.jsBoundNats - a.jsBoundNats);
    $("classes").hidden = !classes.length;
    $("class-table").replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "class"), el("th", { scope: "col", class: "number" }, "at least, nats"))),
      el("tbody", {}, ...classes.map(each => el("tr", {}, el("th", { scope: "row" }, String(each.label)), el("td", { class: "number" }, format(each.jsBoundNats)))))));
  }

  function showOptions() {
    const runs = shown(), words = $("filter").value.trim().toLowerCase();
    const names = [...new Set(runs.flatMap(run => Object.keys(run.options ?? {})))].sort();
    const rows = names.map(name => [name, ...runs.map(run => run.options?.[name] ?? "")]).filter(row => row.join("\n").toLowerCase().includes(words));
    const differs = row => row.slice(1).some(value => value !== row[1]);
    $("option-table").replaceChildren(el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "option"), ...runs.map(run => el("th", { scope: "col" }, runs.length > 1 ? run.title : "value")))),
      el("tbody", {}, ...rows.map(row => el("tr", differs(row) ? { class: "differs" } : {}, el("th", { scope: "row" }, row[0]), ...row.slice(1).map(value => el("td", {}, value)))))));
  }

  // Samples over the steps.

  const sampleSteps = () => [...new Set(shown().flatMap(run => (run.samples ?? []).map(sample => sample.step)))].sort((a, b) => a - b);

  function showSamples() {
    const steps = sampleSteps();
    $("samples").hidden = !steps.length;
    if (!steps.length)
      return;
    const slider = $("step");
    slider.max = steps.length - 1;
    if (state.follow || slider.value >= steps.length)
      slider.value = steps.length - 1;
    const step = steps[slider.value];
    $("step-value").textContent = count(step);
    slider.setAttribute("aria-valuetext", `step ${count(step)}`);
    const wanted = [];
    for (const run of shown()) {
      const sample = (run.samples ?? []).findLast(entry => entry.step <= step) ?? run.samples?.[0];
      const title = shown().length > 1 ? ` (${run.title})` : "";
      if (sample)
        wanted.push([`Generated at step ${count(sample.step)}${title}`, sample.src]);
    }
    if (main().real)
      wanted.push(["Real, held out", main().real]);
    const pictures = $("pictures");
    while (pictures.children.length > wanted.length)
      pictures.lastChild.remove();
    while (pictures.children.length < wanted.length)
      pictures.append(el("figure", {}, el("figcaption"), el("img", { alt: "", decoding: "async" })));
    wanted.forEach(([caption, source], index) => {
      const [text, image] = pictures.children[index].children;
      text.textContent = caption;
      image.alt = `A grid of images. ${caption}.`;
      if (image.getAttribute("src") !== source)
        image.src = source;
    });
    const thinned = shown().find(run => run.allSamples > run.samples.length);
    $("samples-note").textContent = "Each place shows the same latent vector at every step." + (thinned ? ` This file holds ${thinned.samples.length} evenly chosen steps of ${count(thinned.allSamples)}.` : "");
  }

  function play() {
    const [button, slider] = [$("play"), $("step")];
    const stop = () => { clearInterval(state.playing); state.playing = null; button.textContent = "Play"; button.setAttribute("aria-label", "Play the steps"); };
    if (state.playing)
      return stop();
    state.follow = false;
    if (slider.value === slider.max)
      slider.value = 0;
    button.textContent = "Stop";
    button.setAttribute("aria-label", "Stop playing");
    state.playing = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      state.follow = slider.value === slider.max;
      showSamples();
      if (state.follow)
        stop();
    }, 300);
  }

  // The runs.

  function addRun(run) {
    const index = state.runs.findIndex(other => other.id === run.id);
    run.color = index >= 0 ? state.runs[index].color : `--series-${state.runs.length % 6}`;
    run.records.sort((a, b) => a.step - b.step);
    if (index >= 0)
      state.runs[index] = run;
    else
      state.runs.push(run);
  }

  function showChoice() {
    const choice = $("runs");
    choice.hidden = state.all.length < 2;
    choice.replaceChildren(choice.firstElementChild, ...state.all.map(({ id, title }) => {
      const box = el("input", { type: "checkbox" });
      box.checked = state.shown.has(id);
      box.disabled = id === main().id;
      box.addEventListener("change", () => choose(id, box.checked));
      return el("label", {}, box, title);
    }));
  }

  async function choose(id, isShown) {
    if (isShown && !state.runs.some(run => run.id === id))
      addRun(await live.get(`api/runs/${encodeURIComponent(id)}`));
    if (isShown)
      state.shown.add(id);
    else
      state.shown.delete(id);
    show();
  }

  function show() {
    showProgress();
    showStanding();
    showNotes();
    showSamples();
    showClasses();
    showOptions();
    charts.show($("charts"), shown());
    const dropped = shown().reduce((sum, run) => sum + (run.dropped ?? 0), 0);
    $("dropped").textContent = dropped ? `The disk was too slow: ${count(dropped)} pictures or records were left out, so that training didn't wait.` : "";
    $("version").textContent = main().version ? ` ${main().version}` : "";
  }

  // The live page.

  const live = {
    async get(address) {
      const answer = await fetch(address);
      if (!answer.ok)
        throw new Error(await answer.text() || answer.statusText);
      return answer.json();
    },

    async post(address) {
      const answer = await fetch(address, { method: "POST" });
      $("status").textContent = await answer.text();
    },

    async refresh() {
      addRun(await live.get(`api/runs/${encodeURIComponent(main().id)}`));
      show();
    },

    progress(event) {
      state.progress = JSON.parse(event.data);
      const { state: now, canPause, canSave } = state.progress;
      $("pause").textContent = now === "paused" ? "Go on" : "Pause";
      $("pause").disabled = !canPause;
      $("save").disabled = !canSave;
      showProgress();
    },

    changed(event) {
      const { records, samples, real, dropped, warnings } = JSON.parse(event.data), run = main();
      const known = new Set(records.map(record => record.step));
      addRun({
        ...run, real, dropped, warnings, records: [...run.records.filter(record => !known.has(record.step)), ...records],
        samples: [...run.samples, ...samples.filter(sample => !run.samples.some(other => other.step === sample.step))].sort((a, b) => a.step - b.step),
      });
      show();
    },

    async walk(event) {
      event.preventDefault();
      const form = new FormData($("walk")), [button, image, note] = [$("walk").querySelector("button"), $("strip"), $("strip-note")];
      button.disabled = true;
      note.textContent = "Generating…";
      try {
        const answer = await fetch(`api/interpolation?${new URLSearchParams(form)}`);
        if (!answer.ok)
          throw new Error(await answer.text());
        URL.revokeObjectURL(image.src);
        image.src = URL.createObjectURL(await answer.blob());
        await image.decode();
        image.hidden = false;
        note.textContent = `${form.get("frames")} images from seed ${form.get("from")} to seed ${form.get("to")}, by the generator of step ${count(Number(answer.headers.get("X-Step")))}.`;
        image.alt = note.textContent;
      } catch (error) {
        note.textContent = error.message;
      } finally {
        button.disabled = false;
      }
    },

    listen() {
      const events = new EventSource("api/events");
      events.onopen = () => { $("connection").textContent = "Connected"; live.refresh(); };
      events.onerror = () => {
        $("connection").textContent = state.progress?.state === "over" ? "The run is over and its server is gone" : "Connection lost; trying again";
        // Refused, because too many pages listen; the browser doesn't try again by itself.
        if (events.readyState === EventSource.CLOSED)
          setTimeout(live.listen, 5000);
      };
      events.addEventListener("progress", live.progress);
      events.addEventListener("changed", live.changed);
      // Events were left out because this page read too slowly: take everything anew.
      events.addEventListener("dropped", live.refresh);
      // The folder was begun anew, or resumed from an earlier step: part of what this page has is gone.
      events.addEventListener("anew", live.refresh);
    },

    async start() {
      state.live = true;
      $("controls").hidden = false;
      const { runs, interpolates, classes } = await live.get("api/runs");
      state.all = runs;
      addRun(await live.get(`api/runs/${encodeURIComponent(runs[0].id)}`));
      state.shown.add(runs[0].id);
      $("interpolation").hidden = !interpolates;
      if (classes) {
        const input = $("walk-class").querySelector("input");
        [$("walk-class").hidden, input.disabled, input.max] = [false, false, classes - 1];
      }
      $("pause").addEventListener("click", () => live.post(state.progress?.state === "paused" ? "api/resume" : "api/pause"));
      $("save").addEventListener("click", () => live.post("api/save"));
      $("walk").addEventListener("submit", live.walk);
      show();
      showChoice();
      live.listen();
    },
  };

  $("step").addEventListener("input", () => { state.follow = $("step").value === $("step").max; showSamples(); });
  $("play").addEventListener("click", play);
  $("filter").addEventListener("input", showOptions);
  $("zoom").addEventListener("submit", event => {
    event.preventDefault();
    const [from, to] = [$("zoom-from"), $("zoom-to")].map(input => input.valueAsNumber);
    if (to > from)
      charts.setZoom([from, to]);
  });
  $("zoom-reset").addEventListener("click", () => charts.setZoom(null));
  charts.whenZoomed(range => {
    $("zoom-from").value = range ? Math.round(range[0]) : "";
    $("zoom-to").value = range ? Math.round(range[1]) : "";
    $("zoom-reset").disabled = !range;
  });

  const embedded = $("run-data");
  if (embedded) {
    for (const run of JSON.parse(embedded.textContent).runs) {
      addRun(run);
      state.shown.add(run.id);
    }
    state.all = state.runs;
    show();
    showChoice();
  } else
    live.start().catch(error => { $("status").textContent = `The run can't be shown: ${error.message}`; });
})();
