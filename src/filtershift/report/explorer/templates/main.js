// The page: three views of one state.
import { load } from "./data.js";
import { h, number } from "./elements.js";
import { groupsView } from "./groups.js";
import { layersView } from "./layers.js";
import { modelsView } from "./models.js";
import { search } from "./search.js";
import { defaults, mistaken } from "./start_state.js";
import { createState } from "./state.js";

const VIEWS = [["groups", "Groups", groupsView], ["layers", "Layers", layersView], ["models", "Models", modelsView]];
/** The number of the tab that a key leads to, from number k. */
const LEADS = { ArrowRight: (k) => (k + 1) % VIEWS.length, ArrowLeft: (k) => k - 1, Home: () => 0, End: () => -1 };

export async function start() {
  const panel = document.getElementById("view");
  try {
    const data = await load(JSON.parse(document.getElementById("content").textContent));
    await show(data, panel);
    document.body.dataset.ready = "yes";
  } catch (error) {
    panel.replaceChildren(h("p", { class: "warn", role: "alert" }, `This page could not be shown: ${error.message}`));
    throw error;
  }
}

async function show(data, panel) {
  const state = createState(defaults(data), (found) => believed(data, found));
  const views = new Map(VIEWS.map(([name, , make]) => [name, make(data, state)]));
  const tabs = VIEWS.map(([name, title], k) => {
    const onkeydown = ({ key }) => LEADS[key] && tabs.at(LEADS[key](k)).focus();
    return h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "view", onclick: () => state.set({ view: name }), onkeydown }, title);
  });
  document.querySelector("nav").replaceChildren(h("div", { role: "tablist", "aria-label": "Views" }, tabs), search(data, state));
  const models = data.columns.get("model").labels.length;
  const filters = data.n.reduce((sum, n) => sum + n, 0);
  document.querySelector("#facts").textContent = `${number(models)} models, ${number(data.count)} layers, ${number(filters)} filters`;
  const draw = async (now, changed) => {
    const view = views.get(now.view);
    const fresh = panel.firstElementChild !== view.element;
    VIEWS.forEach(([name], k) => {
      tabs[k].setAttribute("aria-selected", String(name === now.view));
      tabs[k].tabIndex = name === now.view ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `tab-${now.view}`);
    if (fresh) panel.replaceChildren(view.element);
    await view.show(now, fresh ? undefined : changed);
  };
  // One after the other: a slow one must not draw over what was asked for later.
  let last = draw(state.get());
  state.listen((now, changed) => (last = last.then(() => draw(now, changed))));
  await last;
}

/** What of an address makes sense here; the rest is named. */
function believed(data, found) {
  const wrong = mistaken(data, found);
  const words = wrong.length ? `The address asks for what is not here, so these were left out: ${wrong.join(", ")}.` : "";
  document.querySelector("#notice").textContent = words;
  return Object.fromEntries(Object.entries(found).filter(([key]) => !wrong.includes(key)));
}
