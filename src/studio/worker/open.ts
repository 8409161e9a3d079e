/** Starts the worker of the page. A page in one file carries its text, for there is no file beside it. */
export function openWorker(): Worker {
  const carried = document.getElementById("worker")?.textContent;
  if (carried === undefined || carried === null) return new Worker(new URL("./worker.ts", import.meta.url));
  const address = URL.createObjectURL(new Blob([carried], { type: "text/javascript" }));
  try {
    return new Worker(address);
  } finally {
    // The worker has been told where to load from; it loads from there after this.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
