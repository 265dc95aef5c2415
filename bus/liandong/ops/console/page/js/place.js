// Where this tab is: all of it stands in the address, so that a link shows what its sender sees.

// Heartbeats stand in the strip; who wants them among the rows empties the filter.
export const AT_FIRST = { filter: "-contract:adapter" };
const NAMES = ["filter", "incident", "event", "type", "key", "lang", "paused"];

/** Read the address. */
export function read() {
  const said = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(NAMES.map((name) => [name, said.get(name) ?? AT_FIRST[name] ?? ""]));
}

/** Change the address; `step` makes it a place that the Back button returns to. */
export function go(changes, { step = false } = {}) {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...read(), ...changes })) {
    if (value !== (AT_FIRST[name] ?? "")) said.set(name, value);
  }
  const address = `#${said}`;
  if (address === (location.hash || "#")) return;
  history[step ? "pushState" : "replaceState"](null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
