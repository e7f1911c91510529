// Plots by Plotly, in the colours of the page.

const dark = matchMedia("(prefers-color-scheme: dark)");
const drawnPlots = new Map();

/** Plotly reads some tags in texts: labels are shown as they are. */
export const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** A label short enough for an axis. */
export const short = (text, most = 28) => plain(text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Low to high: dark to light as fire burns, which is told apart in grey and by the colour-blind. */
export const FIRE = [
  [0, "#10051f"], [0.15, "#3b0f70"], [0.35, "#8c2981"], [0.55, "#de4968"], [0.75, "#fe9f6d"], [1, "#fed98a"],
];

function theme() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  const axis = { gridcolor: of("--line"), linecolor: of("--line"), zerolinecolor: of("--line"), automargin: true };
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: of("--ink"), family: "system-ui, sans-serif", size: 12 },
    hoverlabel: { bgcolor: of("--paper"), bordercolor: of("--line"), font: { color: of("--ink") } },
    margin: { l: 50, r: 10, t: 10, b: 45 },
    axis,
  };
}

/** Draw in an element; axes of the layout get the theme's. */
export async function draw(element, traces, layout = {}) {
  drawnPlots.set(element, { traces, layout });
  const { axis, ...look } = theme();
  const axes = Object.fromEntries(
    Object.entries({ xaxis: {}, yaxis: {}, ...layout })
      .filter(([key]) => /^[xy]axis/.test(key))
      .map(([key, own]) => [key, { ...axis, ...own }])
  );
  const config = { displaylogo: false, displayModeBar: false, responsive: true, doubleClick: "reset" };
  await Plotly.react(element, traces, { ...look, ...layout, ...axes }, config);
}

dark.addEventListener("change", () => {
  for (const [element, { traces, layout }] of drawnPlots) if (element.isConnected) draw(element, traces, layout);
});
