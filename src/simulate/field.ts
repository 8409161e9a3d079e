import { type Pointer, shown } from "../diagnostic.ts";
import { accessOf, valueIn } from "../interpret.ts";
import { parse } from "../parse.ts";
import { fail, type Input, record } from "../parse/input.ts";
import type { Field } from "../plan.ts";
import { nodeReader } from "../reader/node.ts";
import { plan } from "../read.ts";
import type { NodeRequest } from "../request.ts";

/** Reads one field of a request; undefined where the request has none, or cannot be read. */
export type ReadField = (request: NodeRequest) => string | undefined;

/** The function that reads a field, with the meaning that a rule would give it. */
export function readerOf(field: Field): ReadField {
  const { get, owns } = accessOf(nodeReader, field);
  return (request) => {
    try {
      const carrier = nodeReader.open(request);
      const text = carrier === undefined ? undefined : get(carrier, request);
      if (text === undefined || owns?.(carrier as object, request) === false) return undefined;
      return valueIn(field, text);
    } catch {
      return undefined;
    }
  };
}

/** Where a sticky key stands in the alias below. */
const KEY: Pointer = "/stickiness/keys/0";

/**
 * Reads a field as it is written, `{ rule_type, param }`: the alias's own reader does it, for such is a sticky key, and its
 * complaints are told of the input.
 */
export function readField(input: Input): Field | undefined {
  const fields = record(input, ["rule_type", "param"]);
  if (fields === undefined) return undefined;
  const key = { rule_type: fields.rule_type.value, param: fields.param.value };
  const alias = parse({
    version: "v",
    additional_version_weights: { w: 1 },
    stickiness: { keys: [key], seed: "s", on_missing: "primary" },
  });
  if (!alias.ok) {
    for (const { at, code, message, help } of alias.diagnostics) {
      const part = at === `${KEY}/param` ? fields.param : at === `${KEY}/rule_type` ? fields.rule_type : input;
      fail(part, code, message, help);
    }
    return undefined;
  }
  const { split } = plan(alias.value);
  const field = split.kind === "arms" ? split.sticky?.keys[0]?.field : undefined;
  return field ?? fail(input, "param", `${shown(String(fields.param.value))} is no field`);
}
