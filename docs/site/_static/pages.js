// Explorers are pages within a page: each is as high as it says, and has the theme that is chosen here.

const frames = () => document.querySelectorAll("iframe.explorer");

const tellTheme = (frame) => frame.contentWindow.postMessage({ theme: document.documentElement.dataset.theme }, "*");

window.addEventListener("message", ({ data, source }) => {
  for (const frame of frames()) {
    if (frame.contentWindow !== source || !data.dupviz) continue;
    frame.height = Math.ceil(data.dupviz);
    tellTheme(frame);
  }
});
new MutationObserver(() => frames().forEach(tellTheme)).observe(document.documentElement, {
  attributeFilter: ["data-theme"],
});
