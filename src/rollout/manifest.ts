import { fail, type Input, list, record, suggestion, words } from "../document/index.ts";

/** What a rollout is written as: `steps` of this library, a `Rollout` of Argo, a `Canary` of Flagger. */
export type RolloutForm = "steps" | "argo" | "flagger";

/** A document that is a rollout. */
export interface RolloutDocument {
  readonly form: RolloutForm;
  readonly input: Input;
}

/** Documents in one file, and items of a `List`. */
const MOST_DOCUMENTS = 1_000;

/** The kinds of documents of Kubernetes that are rollouts, and the group of each. */
const KINDS: Readonly<Record<string, { readonly group: string; readonly form: RolloutForm }>> = {
  Rollout: { group: "argoproj.io", form: "argo" },
  Canary: { group: "flagger.app", form: "flagger" },
};

/**
 * The one document that is a rollout: the value itself, or one of a list of documents, or of a Kubernetes `List`. Of several, the
 * one that has the name of the alias. Complains where there is none, or more than one.
 */
export function findDocument(input: Input, name: unknown): RolloutDocument | undefined {
  const documents = flattened(input);
  const own = documents.filter((document) => !isManifest(document));
  const manifests = documents.filter(isManifest);
  if (documents.length === 1 && own[0] !== undefined) return { form: "steps", input: own[0] };
  const kinds = manifests.map((document) => kindOf(document));
  const found = manifests.flatMap((document, index): readonly RolloutDocument[] => {
    const form = kinds[index]?.form;
    return form === undefined ? [] : [{ form, input: document }];
  });
  for (const document of own) if (has(document, "steps")) found.push({ form: "steps", input: document });
  const named = found.filter(({ input: document }) => found.length > 1 && nameOf(document) === name && name !== undefined);
  const [one, another] = named.length > 0 ? named : found;
  if (one === undefined)
    return refuse(
      input,
      manifests,
      kinds.map(({ kind }) => kind),
    );
  if (another === undefined) return one;
  const help = "keep one of them, or give the alias the name of the one that is meant";
  return fail(another.input, "rollout-kind", `there are ${found.length} rollouts`, help);
}

function refuse(input: Input, manifests: readonly Input[], kinds: readonly string[]): undefined {
  const [only] = manifests;
  const what = [...new Set(kinds)];
  const help = "write a `Rollout` of Argo (argoproj.io), a `Canary` of Flagger (flagger.app), or `steps`";
  if (only === undefined) return fail(input, "rollout-kind", "there is no rollout", help);
  const near = manifests.length === 1 ? suggestion(what[0] ?? "", Object.keys(KINDS), help) : help;
  return fail(manifests.length === 1 ? only : input, "rollout-kind", `there is no rollout, but ${words(what, "and")}`, near);
}

function flattened(input: Input): readonly Input[] {
  if (Array.isArray(input.value)) return (list(input, { limit: MOST_DOCUMENTS, what: "documents" }) ?? []).flatMap(flattened);
  if (!has(input, "items") || !isManifest(input)) return [input];
  const items = record(input, ["apiVersion", "kind", "metadata", "items"])?.items;
  return items === undefined ? [] : flattened(items);
}

function has({ value }: Input, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function isManifest(input: Input): boolean {
  return has(input, "kind") || has(input, "apiVersion");
}

/** The kind of a document, and what it is read as where it is a rollout; with its group where another one has the same kind. */
function kindOf({ value }: Input): { readonly kind: string; readonly form?: RolloutForm } {
  const { kind, apiVersion } = value as { readonly kind?: unknown; readonly apiVersion?: unknown };
  const known = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  const name = typeof kind === "string" ? kind : "a document without a kind";
  if (known === undefined) return { kind: name };
  if (typeof apiVersion === "string" && apiVersion.startsWith(`${known.group}/`)) return { kind: name, form: known.form };
  return { kind: typeof apiVersion === "string" ? `${apiVersion} ${name}` : `${name} without an apiVersion` };
}

function nameOf({ value }: Input): unknown {
  const { metadata } = value as { readonly metadata?: unknown };
  return typeof metadata === "object" && metadata !== null && "name" in metadata ? metadata.name : undefined;
}

/** The `spec` of a document of Kubernetes. */
export function specOf(input: Input): Input | undefined {
  return record(input, ["apiVersion", "kind", "metadata", "spec", "status"])?.spec;
}
