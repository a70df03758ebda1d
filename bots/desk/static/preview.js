// Tabs for narrow screens, and a choice that shows at once.

const tabs = [...document.querySelectorAll('[role="tab"]')];

const choose = (tab) => {
  for (const other of tabs) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).classList.toggle("current", other === tab);
  }
};

tabs.forEach((tab, at) => {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
});
if (tabs.length) choose(tabs[0]);

const form = document.getElementById("choose");
form?.addEventListener("change", () => form.requestSubmit());
