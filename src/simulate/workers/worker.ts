/* oxlint-disable unicorn/require-post-message-target-origin -- a worker is no window, and has no origin */

import { parentPort, workerData } from "node:worker_threads";
import { createTaskRunner, type Job, type Task } from "../task.ts";

/** The program of a worker: it is told the job once, and then does one task after the other. */
const work = createTaskRunner(workerData as Job);
parentPort?.on("message", (task: Task) => parentPort?.postMessage(work(task)));
