// Which groups of the page have been on the screen: only these are accepted together.

export function makeSeen(list) {
  const seen = new Set();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) seen.add(target.dataset.name);
    },
    { root: list, threshold: 0.5 },
  );

  // Begin again, unless it is the same page.
  function watch(isSamePage) {
    if (!isSamePage) seen.clear();
    observer.disconnect();
    for (const node of list.querySelectorAll(".dupviz-group")) observer.observe(node);
  }

  return { watch, names: () => [...seen].map(Number) };
}
