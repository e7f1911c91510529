// Modules are kept as text in the page. Each becomes a blob: address, under which those after it import it.
const addresses = new Map();
for (const element of document.querySelectorAll("script[data-module]")) {
  const text = element.textContent.replace(/from "\.\/(\w+)\.js"/g, (_, name) => `from "${addresses.get(name)}"`);
  addresses.set(element.dataset.module, URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}
import(addresses.get("main")).then((page) => page.start());
