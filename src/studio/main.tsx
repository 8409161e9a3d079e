import "./studio.css";
import { render } from "preact";
import { beginning } from "./begin.ts";
import { Studio } from "./studio.tsx";
import { openWorker } from "./worker/open.ts";
import { createTasks } from "./worker/tasks.ts";
import { answerJobs } from "./worker/worker.ts";

// One script is both the page and its workers: most of what they run is the same.
if (typeof document === "undefined") answerJobs();
else void show();

async function show(): Promise<void> {
  // The history has a mark where this page has written the fragment itself; a link of somebody has none.
  const own = (history.state as { readonly own?: boolean } | null)?.own === true;
  const begun = await beginning(location.hash);
  const page = document.getElementById("studio");
  if (page !== null) {
    render(
      <Studio beginning={own ? { ...begun, link: "none" } : begun} tasks={createTasks(openWorker)} trials={createTasks(openWorker)} />,
      page,
    );
  }
  // Another link in the same window is another page.
  addEventListener("hashchange", () => location.reload());
}
