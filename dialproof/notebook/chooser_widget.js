// A menu above the reviews of a comparison: one of them is shown at a time.
export default {
  render({ model, el }) {
    el.innerHTML = model.get("markup"); // made by dialproof, which escapes what comes from outside
    const reviews = Array.from(el.querySelectorAll("[data-choice]"));
    const menu = document.createElement("select");
    reviews.forEach((review, number) => menu.add(new Option(review.dataset.choice, number)));
    const label = document.createElement("label");
    label.append("What if: ", menu);
    const said = document.createElement("div");
    said.setAttribute("aria-live", "polite");
    said.append(...reviews);
    const show = () => {
      const chosen = model.get("chosen");
      menu.value = chosen;
      reviews.forEach((review, number) => { review.hidden = number !== chosen; });
    };
    menu.addEventListener("change", () => { model.set("chosen", Number(menu.value)); model.save_changes(); show(); });
    model.on("change:chosen", show);
    el.replaceChildren(label, said);
    show();
    return () => model.off("change:chosen", show);
  },
};
