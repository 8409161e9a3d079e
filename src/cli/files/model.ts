import { BUDGETS, type Checked, type Version } from "../../index.ts";
import { parseRollout, type Rollout } from "../../simulate/index.ts";
import { complaint } from "../terminal/complaint.ts";
import { Refusal, type Terminal, write } from "../terminal/host.ts";
import { byPosition, placed } from "../terminal/place.ts";
import { styleOf } from "../terminal/style.ts";
import { readFile, readValue } from "./text.ts";

/** What a file is read as; not `ok` where it has errors, which have been printed. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** Reads a rollout: steps, or documents of Kubernetes of which one is a rollout. `alias` is as it is written. */
export async function readRollout(path: string, alias: unknown, canary: Version | undefined, host: Terminal): Promise<Read<Rollout>> {
  return readModel(path, host, (value) => parseRollout(value, { alias, canary }), true);
}

/** Reads a file of JSON or YAML that is no alias; `manifests` may be several documents, and deeper. */
export async function readModel<T>(
  path: string,
  host: Terminal,
  read: (value: unknown) => Checked<T>,
  manifests = false,
): Promise<Read<T>> {
  const file = await readFile(path, path, host, BUDGETS.text);
  const { text, json } = file;
  const written = await readValue(file, BUDGETS.text, manifests);
  if (!written.ok) {
    const [fault] = written.diagnostics;
    throw new Refusal(`${placed(path, fault ?? {})}: not ${json ? "JSON" : "YAML"}: ${fault?.message ?? ""}`);
  }
  const { value, duplicates, locate } = written.value;
  const checked = read(value);
  const found = checked.diagnostics.map((diagnostic) => ({ ...diagnostic, position: locate(diagnostic.at, json ? "value" : "key") }));
  const style = styleOf(host.stderr, host.env);
  const lines = text.split("\n");
  for (const diagnostic of [...duplicates, ...found].toSorted(byPosition))
    await write(host.stderr, complaint(path, lines, diagnostic, style));
  return checked.ok && duplicates.length === 0 ? checked : { ok: false };
}
