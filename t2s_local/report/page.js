"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("filter"), matches = byId("matches");
  const entries = Array.from(document.querySelectorAll(".entry"));
  const skills = Array.from(document.querySelectorAll(".skill"));
  const texts = new Map();
  const textOf = (entry) => {
    if (!texts.has(entry)) texts.set(entry, entry.textContent.toLowerCase());
    return texts.get(entry);
  };
  const chosen = (id) => { const control = byId(id); return control ? control.value : ""; };
  const filter = () => {
    const words = byId("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const project = chosen("of-project"), kind = chosen("of-kind");
    let shown = 0;
    for (const entry of entries) {
      const fits = (!kind || entry.dataset.kind === kind)
        && (!project || entry.dataset.projects.split("\n").includes(project))
        && words.every((word) => textOf(entry).includes(word));
      entry.hidden = !fits;
      shown += fits;
    }
    const narrowed = Boolean(words.length || project || kind);
    for (const skill of skills) skill.hidden = narrowed && !skill.querySelector(".entry:not([hidden])");
    matches.textContent = narrowed ? `${shown} of ${entries.length}` : "";
  };
  let waiting = 0;
  form.hidden = false;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  form.addEventListener("reset", () => setTimeout(filter));

  const open = () => {
    const target = location.hash.length > 1 ? byId(decodeURIComponent(location.hash.slice(1))) : null;
    if (!target) return;
    if (target.closest("[hidden]")) { form.reset(); filter(); }
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    target.scrollIntoView();
    const summary = target.tagName === "DETAILS" ? target.querySelector("summary") : null;
    if (summary) summary.focus({ preventScroll: true });
  };
  addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href^='#']") : null;
    if (link && link.getAttribute("href") === location.hash) open();
  });
  open();

  const says = byId("map-says");
  if (says) {
    says.hidden = false;
    const say = (event) => {
      const dot = event.target instanceof Element ? event.target.closest("a, .dot") : null;
      const title = dot ? dot.querySelector("title") : null;
      if (title) says.textContent = title.textContent;
    };
    says.parentElement.addEventListener("mouseover", say);
    says.parentElement.addEventListener("focusin", say);
    says.textContent = "Point at a circle to read it; choose it to open it.";
  }

  const closed = [];
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details:not([open])")) { one.open = true; closed.push(one); }
  });
  addEventListener("afterprint", () => { for (const one of closed.splice(0)) one.open = false; });
})();
