/** The pages of supervisors: of a device's places only those are offered that its kind has. */

for (const form of document.querySelectorAll("form[data-kind-of]")) {
  const kind = form.elements.namedItem("kind");
  const offer = () => {
    for (const field of form.querySelectorAll("[data-kinds]")) {
      field.hidden = !field.dataset.kinds.split(" ").includes(kind.value);
    }
  };
  kind.addEventListener("change", offer);
  offer();
}
