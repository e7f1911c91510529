// What is shown, kept in the address after "#", so that a link shows the same.

/** check takes what an address says and returns what of it is used. */
export function createState(defaults, check) {
  const listeners = [];
  let state = { ...defaults, ...check(read(defaults)) };
  const write = () => {
    const words = Object.entries(state)
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key]))
      .map(([key, value]) => `${key}=${encodeURIComponent(JSON.stringify(value))}`);
    history.replaceState(null, "", `#${words.join("&")}`);
  };
  const tell = (changed) => listeners.forEach((listener) => listener(state, changed));
  addEventListener("hashchange", () => {
    state = { ...defaults, ...check(read(defaults)) };
    tell(Object.keys(state));
  });
  return {
    get: () => state,
    /** Change some keys; listeners get the state and the names of what changed. */
    set(changes) {
      const changed = Object.keys(changes).filter((key) => JSON.stringify(changes[key]) !== JSON.stringify(state[key]));
      if (!changed.length) return;
      state = { ...state, ...changes };
      write();
      tell(changed);
    },
    listen: (listener) => listeners.push(listener),
  };
}

/** The keys of an address that are known and hold JSON; others are ignored, as an address may come from anywhere. */
function read(defaults) {
  const found = {};
  for (const word of location.hash.slice(1).split("&")) {
    const [key, value] = word.split("=");
    if (!Object.hasOwn(defaults, key)) continue;
    try {
      found[key] = JSON.parse(decodeURIComponent(value));
    } catch {
      continue;
    }
  }
  return found;
}
