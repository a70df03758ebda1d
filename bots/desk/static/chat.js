// The reader's chat: what is typed or pressed goes to /api/chat, what arrives comes over /events.

const main = document.getElementById("main");
const log = document.getElementById("log");
const welcome = document.getElementById("welcome");
const status = document.getElementById("status");
const composer = document.getElementById("composer");
const say = document.getElementById("say");
const list = document.getElementById("suggestions");
const commands = JSON.parse(main.dataset.commands);
const says = JSON.parse(main.dataset.says);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const KEPT = 80;

// ---- history: kept in this tab only ----

const stored = (name, otherwise) => {
  try { return JSON.parse(sessionStorage.getItem(name)) ?? otherwise; } catch { return otherwise; }
};
let history = stored("paperboy.history", []);
let lastEvent = stored("paperboy.event", 0);

const store = () => {
  history = history.slice(-KEPT);
  try {
    sessionStorage.setItem("paperboy.history", JSON.stringify(history));
    sessionStorage.setItem("paperboy.event", JSON.stringify(lastEvent));
  } catch { history = history.slice(-KEPT / 4); }
};

// ---- bubbles ----

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const clockOf = (at) => new Intl.DateTimeFormat(document.documentElement.lang, forms.time).format(new Date(at));

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const forms = {
  time: clock,
  date: { year: "numeric", month: "short", day: "numeric" },
  datetime: { weekday: "short", month: "short", day: "numeric", ...clock },
};

const localise = (bubble) => {
  for (const time of bubble.querySelectorAll("time[data-form]")) {
    const form = forms[time.dataset.form] ?? forms.datetime;
    const at = new Date(time.dateTime);
    const said = time.title || time.textContent;
    const elsewhere = form.hour && !said.includes(new Intl.DateTimeFormat("en-GB", forms.time).format(at));
    time.title = said;
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, elsewhere ? { ...form, timeZoneName: "short" } : form).format(at);
  }
};

const fill = (bubble, entry) => {
  bubble.replaceChildren();
  bubble.classList.toggle("gone", Boolean(entry.gone));
  if (entry.post) bubble.append(element("p", "stamp", says.post));
  const body = element("div", "body");
  if (entry.mine !== undefined) body.textContent = entry.mine;
  else if (entry.gone) body.textContent = says.withdrawn;
  else body.innerHTML = entry.html; // made and escaped by the desk's renderer
  if (entry.lang) body.lang = entry.lang;
  localise(body);
  bubble.append(body, element("time", "at", clockOf(entry.at)));
};

const show = (entry, { scroll = true } = {}) => {
  welcome.hidden = true;
  const bubble = element("article", `bubble ${entry.mine === undefined ? "theirs" : "mine"}${entry.post ? " post" : ""}`);
  bubble.entry = entry;
  bubble.tabIndex = -1;
  if (entry.mine !== undefined) bubble.setAttribute("aria-label", says.you);
  fill(bubble, entry);
  log.append(bubble);
  if (scroll) bubble.scrollIntoView({ block: entry.mine === undefined ? "start" : "end", behavior: "smooth" });
  return bubble;
};

const add = (entry, options) => {
  history.push(entry);
  store();
  return show(entry, options);
};

const replace = (bubble, entry) => {
  Object.assign(bubble.entry, entry, { gone: entry.gone });
  store();
  fill(bubble, bubble.entry);
  const top = bubble.getBoundingClientRect().top - log.getBoundingClientRect().top;
  if (top < 0) bubble.scrollIntoView({ block: "start" });
};

// ---- asking ----

let waiting = 0;
const typing = element("div", "bubble theirs typing");
typing.append(element("span", "unseen", says.typing), element("i"), element("i"), element("i"));

const setTyping = (by) => {
  waiting += by;
  typing.querySelector(".growing")?.remove();
  if (waiting) { log.append(typing); typing.scrollIntoView({ block: "end", behavior: "smooth" }); } else typing.remove();
};

const grow = (text) => {
  const growing = typing.querySelector(".growing") ?? element("p", "growing");
  growing.textContent = text;
  typing.prepend(growing);
  typing.scrollIntoView({ block: "end" });
};

/* Reads server-sent events; https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
const lastEventOf = async (body) => {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let whole;
  for (;;) {
    const { value, done } = await reader.read();
    if (done && whole) return whole;
    if (done) throw new Error("the answer broke off");
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [, name, data] = event.match(/^event: (\w+)\ndata: (.*)$/s);
      if (name === "answer") whole = JSON.parse(data);
      else grow(JSON.parse(data).text);
    }
  }
};

const grows = ({ text, data }) => /^\+?(ask|explain)\b/.test(data ?? "") || /^([^/]|\/(ask|explain)\b)/.test(text ?? "");

const request = async (message) => {
  const response = await fetch("/api/chat", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: grows(message) ? "text/event-stream" : "application/json" },
    body: JSON.stringify({ ...message, lang, zone }),
  });
  if (response.status === 401) location.assign("/login");
  if (!response.ok) throw new Error(String(response.status));
  return grows(message) ? lastEventOf(response.body) : response.json();
};

const failed = (again) => {
  const bubble = element("article", "bubble theirs trouble");
  const button = element("button", "", says.again);
  button.type = "button";
  button.addEventListener("click", () => { bubble.remove(); again(); });
  const row = element("div", "actions");
  row.append(button);
  bubble.append(element("p", "", says.failed), row);
  log.append(bubble);
  bubble.scrollIntoView({ block: "end", behavior: "smooth" });
};

const follow = (chosen) => {
  if (chosen && chosen !== lang) location.assign(`/?lang=${chosen}`);
};

const entries = (pages) => pages.map((page) => ({ html: page.html, lang: page.lang, at: Date.now() }));

const send = async (text, { echo = true } = {}) => {
  if (echo) add({ mine: text, at: Date.now() });
  setTyping(1);
  try {
    const answer = await request({ text });
    setTyping(-1);
    entries(answer.pages).forEach((entry) => add(entry));
    follow(answer.lang);
  } catch {
    setTyping(-1);
    failed(() => send(text, { echo: false }));
  }
};

const press = async (button) => {
  const bubble = button.closest(".bubble");
  if (bubble.hasAttribute("aria-busy")) return;
  const data = button.dataset.action;
  bubble.setAttribute("aria-busy", "true");
  button.classList.add("pressed");
  try {
    const answer = await request({ data });
    const [first, ...rest] = entries(answer.pages);
    if (data.startsWith("+")) [first, ...rest].forEach((entry) => add(entry));
    else {
      replace(bubble, first);
      rest.forEach((entry) => add(entry));
      (bubble.querySelector("button[data-action]") ?? bubble).focus({ preventScroll: true });
    }
    follow(answer.lang);
  } catch {
    failed(() => press(button));
  } finally {
    bubble.removeAttribute("aria-busy");
    button.classList.remove("pressed");
  }
};

log.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button) press(button);
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-say]");
  if (!chip) return;
  if (chip.dataset.needs) { say.value = `${chip.dataset.say} `; say.focus(); suggest(); } else send(chip.dataset.say);
});

// ---- suggestions ----

let chosen = -1;

const matches = () => {
  const typed = say.value;
  if (!typed.startsWith("/") || typed.includes(" ")) return [];
  return commands.filter((command) => command.name.startsWith(typed.slice(1).toLowerCase()));
};

const mark = (index) => {
  const options = [...list.children];
  chosen = options.length ? (index + options.length) % options.length : -1;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  if (chosen >= 0) {
    say.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  } else say.removeAttribute("aria-activedescendant");
};

const suggest = () => {
  const found = matches();
  list.replaceChildren(...found.map((command, at) => {
    const option = element("li");
    option.id = `suggestion-${at}`;
    option.setAttribute("role", "option");
    option.dataset.name = command.name;
    option.append(element("b", "", `/${command.name}`), element("span", "", command.summary));
    return option;
  }));
  list.hidden = !found.length;
  say.setAttribute("aria-expanded", String(Boolean(found.length)));
  mark(found.length ? 0 : -1);
};

const take = (name) => {
  const command = commands.find((each) => each.name === name);
  say.value = `/${name}${command?.parameters ? " " : ""}`;
  say.focus();
  suggest();
};

const close = () => { list.hidden = true; chosen = -1; say.setAttribute("aria-expanded", "false"); };

say.addEventListener("input", () => {
  suggest();
  const count = [...say.value.trim()].length;
  say.setCustomValidity(count > say.dataset.longest ? says.long.replace("{count}", count.toLocaleString("en")) : "");
});
say.addEventListener("blur", () => setTimeout(close, 150));
list.addEventListener("mousedown", (event) => {
  const option = event.target.closest("li");
  if (option) { event.preventDefault(); take(option.dataset.name); }
});
say.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowUp" && !say.value) {
    const last = history.filter((entry) => entry.mine !== undefined).at(-1);
    if (last) { say.value = last.mine; event.preventDefault(); }
    return;
  }
  if (list.hidden) return;
  if (event.key === "ArrowDown") { mark(chosen + 1); event.preventDefault(); }
  else if (event.key === "ArrowUp") { mark(chosen - 1); event.preventDefault(); }
  else if (event.key === "Escape") { close(); event.preventDefault(); }
  else if (event.key === "Tab" && chosen >= 0) { take(list.children[chosen].dataset.name); event.preventDefault(); }
  else if (event.key === "Enter" && chosen >= 0 && say.value !== `/${list.children[chosen].dataset.name}`) {
    take(list.children[chosen].dataset.name);
    event.preventDefault();
  }
});

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = say.value.trim();
  if (!text) return;
  say.value = "";
  close();
  send(text);
});

document.getElementById("shelf").append(...commands.map((command) => {
  const item = element("li");
  const button = element("button", "plain");
  button.type = "button";
  button.dataset.say = `/${command.name}`;
  if (["section", "explain", "search"].includes(command.name)) button.dataset.needs = "1";
  button.append(element("b", "", `/${command.name}`), element("span", "", command.summary));
  item.append(button);
  return item;
}));

// ---- arrivals ----

const arrive = ({ page, content, at }) => {
  const known = [...log.querySelectorAll(".bubble")].find((bubble) => bubble.entry?.page === page);
  if (known) { replace(known, content ? { html: content.html, gone: false } : { gone: true }); return; }
  if (!content) return;
  const entry = { page, html: content.html, lang: content.lang, post: true, at };
  add(entry);
  if (!content.silent && document.hidden) document.title = `● ${document.title.replace(/^● /, "")}`;
};

const listen = () => {
  const source = new EventSource(`/events?after=${lastEvent}`);
  source.addEventListener("open", () => { if (status.textContent) status.textContent = ""; });
  source.addEventListener("page", (event) => {
    lastEvent = Number(event.lastEventId);
    arrive(JSON.parse(event.data));
    store();
  });
  source.addEventListener("error", () => {
    status.textContent = says.offline;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
  addEventListener("pagehide", () => source.close(), { once: true });
};

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = document.title.replace(/^● /, "");
});
addEventListener("pageshow", (event) => { if (event.persisted) listen(); });

say.value = stored("paperboy.draft", "");
addEventListener("pagehide", () => sessionStorage.setItem("paperboy.draft", JSON.stringify(say.value)));
history.forEach((entry) => show(entry, { scroll: false }));
log.lastElementChild?.scrollIntoView({ block: "end" });
listen();
if (matchMedia("(hover: hover)").matches) say.focus();
