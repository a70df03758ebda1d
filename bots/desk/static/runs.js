// While a run goes on, its numbers are fetched anew.

const PAUSE = 3000;

const refresh = async () => {
  const runs = document.getElementById("runs");
  if (!document.hidden && runs.querySelector('[data-state="running"]') && !runs.contains(document.activeElement)) {
    try {
      const text = await (await fetch(location.href)).text();
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("runs");
      if (fresh) runs.replaceWith(fresh);
    } catch { /* the next one will do */ }
  }
  setTimeout(refresh, PAUSE);
};

setTimeout(refresh, PAUSE);
