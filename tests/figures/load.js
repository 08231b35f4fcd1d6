// Runs in the paint page beside its own script: does what a person in a hurry does, and notes when the page had done what.

/** Resolves when the page has set a mark, with its milliseconds since the navigation began. */
function mark(name) {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      const entry = list.getEntries().find((found) => found.name === name);
      if (!entry) return;
      observer.disconnect();
      resolve(entry.startTime);
    });
    observer.observe({ type: 'mark', buffered: true });
  });
}

/** Resolves when a button can be pressed. */
function button(name) {
  const selector = `[data-testid="${name}"]:not(:disabled)`;
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (!found) return false;
      resolve(found);
      return true;
    };
    if (look()) return;
    const observer = new MutationObserver(() => {
      if (look()) observer.disconnect();
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true });
  });
}

const ready = await mark('paint:ready');
(await button('filter-invert')).click();
const opened = performance.now();
(await button('apply')).click();
const pressed = performance.now();
const applied = await mark('paint:first-filter');
globalThis.figuresOfLoad = { ready, opened, pressed, applied };
