/**
 * What `npm start` shows: the commands of canary-router at work on the files of this folder.
 *
 *     npm run build && node docs/examples/start.mjs
 */
import { fileURLToPath } from "node:url";
import { run } from "../../dist/cli/run.js";
import { styleOf, wrap } from "../../dist/cli/terminal/style.js";

const STEPS = [
  [
    "An alias says which version answers which request. Are these sound?",
    "check pinned.json canary.json header.json response.json storefront.yaml",
  ],
  ["Who joined the beta gets it, ahead of any weight:", "explain storefront.yaml --cookie beta=on --path /cart"],
  ["Whom no rule claims is drawn, by the user's id, and keeps the version:", "explain storefront.yaml --header X-User-Id=u-1686"],
  ["An afternoon of traffic:", "route storefront.yaml --traffic traffic.ndjson"],
];

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const { stdin, stdout, stderr, env } = process;
const columns = stdout.columns ?? 80;
const host = { stdin, stdout, stderr, env, columns, interrupted: new AbortController().signal };
const style = styleOf(stdout, env);
const say = (text) => console.log(wrap(text, columns));

say(`${style("dim", "The files are in docs/examples.")}\n`);
for (const [purpose, command] of STEPS) {
  say(`${style("cyan", purpose)}\n${style("bold", `$ canary-router ${command}`)}\n`);
  process.exitCode ||= await run(command.split(" "), host);
  say("");
}
say(`${style("cyan", "A config with many faults:")} npx canary-router check docs/examples/faulty.json`);
say(`${style("cyan", "All commands:")} npx canary-router --help`);
