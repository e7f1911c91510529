// What is shown can be taken away: numbers as CSV, pictures as SVG or PNG, a link.
import { h } from "./elements.js";

export function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Rows of cells as a CSV file; numbers in full precision, missing ones empty. */
export function saveCsv(name, rows) {
  const cell = (value) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "";
    const text = String(value);
    return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  save(name, new Blob([rows.map((row) => row.map(cell).join(",")).join("\n"), "\n"], { type: "text/csv" }));
}

/** Buttons for the numbers and pictures of a part of the page. */
export function takeAway(name, { csv, plot }) {
  const image = async (format) => {
    const address = await Plotly.toImage(plot(), { format, scale: format === "png" ? 2 : 1 });
    save(`${name()}.${format}`, await (format === "png" ? decoded(address) : drawn(address)));
  };
  return h(
    "span",
    { class: "take" },
    csv && h("button", { type: "button", onclick: () => saveCsv(`${name()}.csv`, csv()) }, "CSV"),
    plot && h("button", { type: "button", onclick: () => image("svg") }, "SVG"),
    plot && h("button", { type: "button", onclick: () => image("png") }, "PNG")
  );
}

// The page may not fetch, not even a data: address, so these are decoded here.
const drawn = (address) => new Blob([decodeURIComponent(address.slice(address.indexOf(",") + 1))], { type: "image/svg+xml" });

function decoded(address) {
  const binary = atob(address.slice(address.indexOf(",") + 1));
  return new Blob([Uint8Array.from(binary, (letter) => letter.charCodeAt(0))], { type: "image/png" });
}
