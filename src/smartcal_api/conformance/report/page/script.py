"""What filters and groups the causes; without it the page has them all, by what they rest on."""

SCRIPT = """
(() => {
  const form = document.getElementById("filters");
  const section = document.getElementById("causes");
  const open = () => {
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const cause = named && named.closest("details.cause");
    if (cause) { cause.open = true; cause.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details")) each.open = true;
  });
  if (form) {
    const causes = [...section.querySelectorAll("details.cause")];
    const original = [...section.querySelectorAll(".group")].map((group) =>
      [group.querySelector("h3").firstChild.textContent.trim(), [...group.querySelectorAll("details.cause")]]);
    const grouped = (by) => {
      if (by === "basis") return original;
      const groups = new Map();
      for (const cause of causes) {
        const key = cause.dataset[by].split("|")[0];
        groups.set(key, [...(groups.get(key) ?? []), cause]);
      }
      return [...groups].sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true }));
    };
    const wanted = (cause) => {
      const has = (name) => !form[name].value || cause.dataset[name].split("|").includes(form[name].value);
      return has("family") && has("operation") &&
        cause.textContent.toLowerCase().includes(form.text.value.trim().toLowerCase());
    };
    const show = () => {
      for (const group of section.querySelectorAll(".group")) group.remove();
      let shown = 0;
      for (const [name, members] of grouped(form.group.value)) {
        const found = members.filter(wanted);
        shown += found.length;
        if (!found.length) continue;
        const group = document.createElement("section");
        const heading = document.createElement("h3");
        const count = document.createElement("small");
        group.className = "group";
        count.textContent = found.length;
        heading.append(name + " ", count);
        group.append(heading, ...found);
        section.append(group);
      }
      form.shown.textContent = shown === causes.length ? "" : `${shown} of ${causes.length}`;
    };
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", show);
  }
  open();
})();
"""
