import { stat } from "node:fs/promises";
import { type Credentials, readCredentials } from "../../control/index.ts";
import { BUDGETS, format } from "../../index.ts";
import { failureOf, readFile, readValue } from "./text.ts";
import { notice, Refusal, type Terminal } from "../terminal/host.ts";
import { byPosition, placed } from "../terminal/place.ts";

/** How often the file is looked at, in milliseconds. */
const INTERVAL = 1_000;

/**
 * Reads a file of credentials, and again when it has changed, until the signal is aborted. A new file that cannot be used is told of, and
 * the last good one stays. Undefined where it has errors, which have been printed; throws a `Refusal` where others can read the file.
 */
export async function followCredentials(path: string, host: Terminal, signal: AbortSignal): Promise<(() => Credentials) | undefined> {
  let stamp = await checkMode(path);
  const first = await read(path, host);
  if (first === undefined) return undefined;
  let current = first;
  const look = async (): Promise<void> => {
    try {
      const now = await checkMode(path);
      if (now === stamp) return;
      stamp = now;
      const next = await read(path, host);
      current = next ?? current;
      if (next === undefined) await notice(`${path}: the credentials before stay in force`, host, "red");
      else await notice(`${path}: new credentials are in force`, host, "green");
    } catch (error) {
      const message = error instanceof Refusal ? error.message : `${path}: ${failureOf(error)}`;
      if (message !== stamp) await notice(`${message}; the credentials before stay in force`, host, "red");
      stamp = message;
    }
  };
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    void look().finally(() => (running = false));
  }, INTERVAL);
  timer.unref();
  signal.addEventListener("abort", () => clearInterval(timer));
  return () => current;
}

/** What tells one state of the file from another. Throws a `Refusal` where somebody else may read it. */
async function checkMode(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw new Refusal(`${path}: ${failureOf(error)}`);
  });
  if (!found.isFile()) throw new Refusal(`${path}: is no regular file`);
  if ((found.mode & 0o077) !== 0 && process.platform !== "win32") {
    throw new Refusal(`${path}: others can read this file`, `chmod 600 ${path}`);
  }
  return `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
}

/** Reads the file, and reports its errors without its lines, in which secrets stand. */
async function read(path: string, host: Terminal): Promise<Credentials | undefined> {
  const file = await readFile(path, path, host, BUDGETS.text);
  const text = await readValue(file, BUDGETS.text);
  // What a syntax error says may quote the text.
  if (!text.ok) throw new Refusal(`${placed(path, text.diagnostics[0] ?? {})}: not ${file.json ? "JSON" : "YAML"}`);
  const { value, duplicates, locate, written } = text.value;
  const checked = readCredentials(value, written);
  const found = checked.diagnostics.map((diagnostic) => ({ ...diagnostic, position: locate(diagnostic.at, file.json ? "value" : "key") }));
  for (const diagnostic of [...duplicates, ...found].toSorted(byPosition)) await notice(`${path}:${format(diagnostic)}`, host, "red");
  return checked.ok && duplicates.length === 0 ? checked.value : undefined;
}
