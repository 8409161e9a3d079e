/** Starts a worker with the script of the page, which a page in one file has within itself. */
export function openWorker(): Worker {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"]');
  if (script === null) throw new Error("the page has no script");
  if (script.src !== "") return new Worker(script.src);
  const address = URL.createObjectURL(new Blob([script.text], { type: "text/javascript" }));
  try {
    return new Worker(address);
  } finally {
    // The worker has been told where to load from; it loads from there after this.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
