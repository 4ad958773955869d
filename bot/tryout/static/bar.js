// The bar above the simulated Discord: who and where you are, what time it is, and what to try next.

// Times read as they would on the visitor's own Discord.
const own = Intl.DateTimeFormat().resolvedOptions();
const VISITOR = `?${new URLSearchParams({ zone: own.timeZone, locale: own.locale })}`;
const POLL_MS = 1500;
const FOLLOW_MS = 300;
const stage = document.getElementById("stage");
const unread = document.getElementById("unread");
const buttons = [...document.querySelectorAll("button")];
let busy = false;
let seen = "";

async function ask(path, method = "GET") {
  const answer = await fetch(path + VISITOR, { method, cache: "no-store" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  show(await answer.json());
}

function show(state) {
  for (const button of document.querySelectorAll("[data-go]")) {
    button.setAttribute("aria-current", String(button.dataset.go === state.place));
  }
  if (stage.getAttribute("src") !== state.frame) stage.setAttribute("src", state.frame);
  unread.hidden = state.unread === 0;
  unread.textContent = `${state.unread} new`;
  document.getElementById("hint").textContent = state.hint;
  document.body.dataset.gone = state.gone;
  const now = document.getElementById("now");
  now.dateTime = state.now;
  now.textContent = new Date(state.now).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  for (const button of buttons) button.disabled = busy || (button.dataset.time === "nudge" && !state.nudgeWaits);
  document.body.dataset.nudgeWaits = String(state.nudgeWaits);
}

async function change(path) {
  busy = true;
  document.body.classList.add("busy");
  for (const button of buttons) button.disabled = true;
  try {
    await ask(path, "POST");
  } finally {
    busy = false;
    document.body.classList.remove("busy");
    await ask("/bar/state");
  }
}

// The Preview keeps its place when something new comes. Whoever tries the bot wants to see it.
function follow() {
  const newest = [...(stage.contentDocument?.querySelectorAll("[data-message-id]") ?? [])].at(-1);
  if (newest && newest.dataset.messageId !== seen) {
    seen = newest.dataset.messageId;
    newest.scrollIntoView({ block: "end" });
  }
  setTimeout(follow, FOLLOW_MS);
}

async function poll() {
  try {
    if (!busy) await ask("/bar/state");
  } catch {
    document.getElementById("hint").textContent = document.body.dataset.gone ?? "";
  }
  setTimeout(poll, POLL_MS);
}

for (const button of buttons) {
  button.addEventListener("click", () => change(button.dataset.go ? `/bar/go/${button.dataset.go}` : `/bar/time/${button.dataset.time}`));
}
poll();
follow();
