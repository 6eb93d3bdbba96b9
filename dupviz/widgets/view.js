// Shows the SVG that Python draws, and tells Python which cell is pointed at.

// JupyterLab: inside an explorer the keys are its own, on its buttons too. Lab asks the element that has the focus first,
// so that it is no use to say this of the explorer.
window.addEventListener("focusin", ({ target }) => {
  if (target.closest?.(".dupviz-explorer")) target.dataset.lmSuppressShortcuts = "true";
});

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const PLAYER = ["Play", "Stop", "Repeat"];

const clamp = (value, count) => Math.min(Math.max(Math.floor(value), 0), count - 1);

function render({ model, el }) {
  const view = document.createElement("div");
  view.className = "dupviz-view";
  el.append(view);

  let newest = 0;
  async function draw() {
    const mine = ++newest;
    const next = new DOMParser().parseFromString(model.get("svg") || "<svg></svg>", "text/html").body.firstChild;
    // Decoded before they are shown: a picture that is still loading would flicker.
    await Promise.allSettled(
      [...next.querySelectorAll("image")].map((image) => {
        const preload = new Image();
        preload.src = image.getAttribute("href");
        return preload.decode();
      }),
    );
    if (mine !== newest) return;
    nameControls();
    view.replaceChildren(next);
    view.tabIndex = view.querySelector("[data-rows]") ? 0 : -1;
  }

  // Sliders and players of ipywidgets have no name for those who hear it.
  function nameControls() {
    const explorer = view.closest(".dupviz-explorer");
    if (!explorer) return;
    for (const slider of explorer.querySelectorAll(".widget-slider")) {
      const name = slider.querySelector(".widget-label")?.textContent;
      for (const handle of slider.querySelectorAll(".noUi-handle")) handle.setAttribute("aria-label", name);
    }
    for (const player of explorer.querySelectorAll(".widget-play")) {
      for (const [i, button] of player.querySelectorAll("button").entries())
        button.ariaLabel = button.title = PLAYER[i];
    }
  }

  function label() {
    view.setAttribute("role", "application");
    view.setAttribute("aria-label", model.get("label"));
  }

  function point(target, row, column) {
    model.set({
      row: clamp(row, Number(target.dataset.rows)),
      column: clamp(column, Number(target.dataset.columns)),
    });
    model.save_changes();
  }

  function pointAt(event) {
    if (!event.buttons) return;
    const target = event.target.closest?.("[data-rows]");
    if (!target) return;
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(target.getScreenCTM().inverse());
    point(target, place.y * target.dataset.rows, place.x * target.dataset.columns);
  }

  view.addEventListener("pointerdown", pointAt);
  view.addEventListener("pointermove", pointAt);
  view.addEventListener("keydown", (event) => {
    const target = view.querySelector("[data-rows]");
    if (!target || !(event.key in STEPS)) return;
    const [down, right] = STEPS[event.key];
    point(target, model.get("row") + down, model.get("column") + right);
    event.preventDefault();
    event.stopPropagation();
  });

  model.on("change:svg", draw);
  model.on("change:label", label);
  label();
  draw();
  new IntersectionObserver(nameControls).observe(view);
}

export default { render };
