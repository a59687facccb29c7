
// The stepper as a widget: stepper.js stands above, and `step` follows it in both directions.
export default {
  render({ model, el }) {
    el.innerHTML = model.get("markup"); // made by dialproof, which escapes what comes from outside
    const run = el.querySelector(".dialproof-run");
    const stepper = dialproofStepper(run);
    let shown = 0;
    run.addEventListener("dialproof-step", ({ detail }) => {
      shown = detail.step;
      model.set("step", shown);
      model.save_changes();
    });
    const follow = () => { if (model.get("step") !== shown) stepper.go(model.get("step")); };
    model.on("change:step", follow);
    follow();
    return () => { model.off("change:step", follow); stepper.go(shown); };
  },
};
