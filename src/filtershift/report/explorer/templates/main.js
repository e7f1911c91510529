// The page: three views of one state.
import { load } from "./data.js";
import { h, number } from "./elements.js";
import { groupsView } from "./groups.js";
import { layersView } from "./layers.js";
import { modelsView } from "./models.js";
import { createState } from "./state.js";

const VIEWS = [["groups", "Groups", groupsView], ["layers", "Layers", layersView], ["models", "Models", modelsView]];

export async function start() {
  const main = document.querySelector("main");
  try {
    const data = await load(JSON.parse(document.getElementById("content").textContent));
    await show(data, main);
    document.body.dataset.ready = "yes";
  } catch (error) {
    main.replaceChildren(h("p", { class: "warn", role: "alert" }, `This page could not be shown: ${error.message}`));
    throw error;
  }
}

async function show(data, main) {
  const state = createState(defaults(data));
  const views = VIEWS.map(([name, title, make]) => ({ name, title, ...make(data, state) }));
  const tabs = views.map(({ name, title }) => h("button", { type: "button", role: "tab", id: `tab-${name}`, onclick: () => state.set({ view: name }) }, title));
  document.querySelector("nav").replaceChildren(h("div", { role: "tablist", "aria-label": "Views" }, tabs));
  const models = data.columns.get("model").labels.length;
  const filters = data.n.reduce((sum, n) => sum + n, 0);
  document.querySelector("#facts").textContent = `${number(models)} models, ${number(data.count)} layers, ${number(filters)} filters`;
  const open = async (now) => {
    const known = views.find(({ name }) => name === now.view) ?? views[0];
    tabs.forEach((tab, k) => tab.setAttribute("aria-selected", String(views[k] === known)));
    if (main.firstElementChild !== known.element) main.replaceChildren(known.element);
  };
  await open(state.get());
  for (const view of views) await view.show();
  let view = state.get().view;
  state.listen(async (now) => {
    if (now.view === view) return;
    view = now.view;
    await open(now);
    await views.find(({ name }) => name === view)?.show();
  });
}

function defaults(data) {
  const grouping = [...data.groupings.values()].find(({ labels }) => labels.length > 1)?.name ?? null;
  const measures = [...data.measures.keys()];
  return {
    view: "groups", variant: Object.keys(data.variants)[0], grouping, by: ["model"], parts: 0, selection: [], where: {}, ranges: {},
    weighting: data.choices.weighting, order: "as configured", colour: "", pair: null,
    x: measures.includes("conv_depth_norm") ? "conv_depth_norm" : measures[0], y: measures.includes("variance_entropy") ? "variance_entropy" : measures.at(-1),
    model: data.marked[0] ?? null, layer: null,
  };
}
