import { element } from "./text.js";

const maxShown = 200;
const $ = id => document.getElementById(id);
const page = new URL(".", location.href);
let bin = "default";
let source;

function api(path) {
  return new URL(`api/${encodeURIComponent(bin)}/${path}`, page);
}

function open(name) {
  bin = /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : "default";
  $("bin").value = bin;
  $("address").textContent = new URL(`in/${bin}`, page).href;
  $("requests").replaceChildren();
  $("none").hidden = false;
  $("said").textContent = "";
  source?.close();
  source = new EventSource(api("events"));
  source.onopen = () => {
    // What is there comes again with each connection.
    $("requests").replaceChildren();
    $("none").hidden = false;
    $("state").textContent = "Live";
  };
  source.onerror = () => { $("state").textContent = "Not connected; trying again…"; };
  source.onmessage = message => add(JSON.parse(message.data));
  source.addEventListener("clear", () => {
    $("requests").replaceChildren();
    $("none").hidden = false;
  });
  loadSettings();
}

function add(request) {
  $("none").hidden = true;
  const list = $("requests");
  list.prepend(show(request));
  while (list.children.length > maxShown) list.lastElementChild.remove();
}

function show(request) {
  const item = element("li");
  const details = element("details");
  const summary = element("summary");
  const checked = request.verification;
  summary.append(
    element("strong", request.method),
    element("span", request.path, "path"),
    element("span", { valid: "✓ verified", invalid: "✗ not verified", unchecked: "not checked" }[checked.status], checked.status),
    element("span", `answered ${request.answer}`),
    element("span", new Date(request.at).toLocaleTimeString(), "when"));
  details.append(summary, ...sections(request, checked));
  item.append(details);
  return item;
}

function sections(request, checked) {
  const facts = [["Profile", checked.profile], ["Result", checked.status], ["Reason", checked.message], ["Message id", checked.message_id]];
  for (const event of checked.events) facts.push(["Event", `${event.type || "(no type)"} ${event.id}`]);
  const parts = [
    element("h3", "Verification"), list(facts.filter(f => f[1])),
    element("h3", "Headers"), list(request.headers),
    element("h3", `Body, ${request.body_length} bytes${request.body_kind === "empty" ? "" : `, ${request.body_kind}`}${request.body_cut ? ", cut" : ""}`),
  ];
  if (request.body_kind !== "empty") {
    const body = element("pre", request.body);
    body.tabIndex = 0;
    body.setAttribute("aria-label", `Body of request ${request.number}`);
    body.setAttribute("role", "group");
    parts.push(body);
  }
  return parts;
}

function list(pairs) {
  const made = element("dl");
  for (const [name, value] of pairs) made.append(element("dt", name), element("dd", value));
  return made;
}

async function loadSettings() {
  const response = await fetch(api("settings"));
  if (response.ok) showSettings(await response.json());
}

function showSettings(settings) {
  $("status").value = settings.status;
  $("delay").value = settings.delay_ms;
  const none = element("option", "None");
  none.value = "";
  $("profile").replaceChildren(none, ...settings.profiles.map(name => element("option", name)));
  $("profile").value = settings.profile ?? "";
  $("secret").value = "";
  $("secret").placeholder = settings.has_secret ? "kept" : "";
}

async function saveSettings() {
  const wanted = { status: Number($("status").value), delay_ms: Number($("delay").value), profile: $("profile").value };
  if ($("secret").value) wanted.secret = $("secret").value;
  const response = await fetch(api("settings"), { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wanted) });
  const answer = await response.json();
  if (response.ok) showSettings(answer);
  $("said").textContent = response.ok ? "Set." : answer.message;
}

$("choose").addEventListener("submit", event => {
  event.preventDefault();
  location.hash = `bin=${$("bin").value}`;
});
$("settings").addEventListener("submit", event => {
  event.preventDefault();
  saveSettings();
});
$("clear").addEventListener("click", () => fetch(api("requests"), { method: "DELETE" }));
addEventListener("hashchange", () => {
  if (location.hash.startsWith("#bin=")) open(location.hash.slice(5));
});
open(location.hash.startsWith("#bin=") ? location.hash.slice(5) : "default");
