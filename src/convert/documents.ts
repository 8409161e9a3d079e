import { pointer, type Pointer } from "../document/index.ts";
import { type Fields, isFields } from "./reading.ts";

/** A document of a file, with its place in what was read. */
export interface Document {
  readonly value: Fields;
  readonly at: Pointer;
}

/** The documents of a value: of a list each item, and of a `List` of Kubernetes each of its `items`. What is no object is none. */
export function documentsOf(value: unknown, at: Pointer = ""): readonly Document[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => documentsOf(item, pointer(at, index)));
  if (!isFields(value)) return [];
  const isList = typeof value["kind"] === "string" && value["kind"].endsWith("List") && Array.isArray(value["items"]);
  return isList ? documentsOf(value["items"], `${at}/items`) : [{ value, at }];
}

/** What a document is, for messages: `Service checkout`. */
export function titleOf({ kind, metadata }: Fields): string {
  const name = isFields(metadata) && typeof metadata["name"] === "string" ? ` ${metadata["name"]}` : "";
  return typeof kind === "string" ? `${kind}${name}` : "document";
}

/** Whether an object has a kind of Kubernetes, of an API group that begins like this. */
export function isKind(value: Fields, group: string, kind: string): boolean {
  return value["kind"] === kind && typeof value["apiVersion"] === "string" && value["apiVersion"].startsWith(group);
}
