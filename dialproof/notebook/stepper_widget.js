
// The stepper as a widget: stepper.js, the report's, stands above. Added here: a table with the state at each step, and
// `step`, which the notebook can read and set.
export default {
  render({ model, el }) {
    el.innerHTML = model.get("markup"); // made by dialproof, which escapes what comes from outside
    const run = el.querySelector(".dialproof-run");
    const steps = Array.from(run.querySelectorAll("[data-step]"));
    const changes = (step) => Array.from(step.querySelectorAll("[data-variable]"), (item) => item.dataset);
    const made = (name, ...content) => { const element = document.createElement(name); element.append(...content); return element; };

    const table = made("table", made("caption", "The state now"));
    table.className = "dialproof-state";
    const body = made("tbody");
    table.append(body);
    const cells = new Map();
    for (const { variable, label } of changes(steps[0])) {
      const name = made("th", label);
      name.scope = "row";
      cells.set(variable, made("td"));
      body.append(made("tr", name, cells.get(variable)));
    }
    run.append(table);

    let shown = 0;
    run.addEventListener("dialproof-step", ({ detail }) => {
      shown = detail;
      for (const { variable, value } of steps.slice(0, shown + 1).flatMap(changes)) {
        if (cells.has(variable)) cells.get(variable).replaceChildren(value);
      }
      for (const { variable, value } of shown ? changes(steps[shown]) : []) {
        if (cells.has(variable)) cells.get(variable).replaceChildren(made("strong", value, " (changed)"));
      }
      model.set("step", shown);
      model.save_changes();
    });
    run.addEventListener("keydown", (event) => event.stopPropagation()); // a notebook would take it for a command
    const wanted = model.get("step");
    const stepper = dialproofStepper(run);
    const follow = () => { if (model.get("step") !== shown) stepper.show(model.get("step")); };
    stepper.show(wanted);
    model.on("change:step", follow);
    return () => { model.off("change:step", follow); stepper.stop(); };
  },
};
