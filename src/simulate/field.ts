import type { Checked, Input } from "../document/index.ts";
import { type Field, fieldOf, nodeReader, type NodeRequest, readFieldConfig, textOf, valueIn } from "../request/index.ts";
import { reading } from "./reading.ts";

/** Reads one field of a request; undefined where the request has none, or cannot be read. */
export type ReadField = (request: NodeRequest) => string | undefined;

/** The function that reads a field, with the meaning that a rule would give it. */
export function readerOf(field: Field): ReadField {
  return (request) => {
    try {
      const carrier = nodeReader.open(request);
      const text = carrier && textOf(nodeReader, field, carrier, request);
      return text === undefined ? undefined : valueIn(field, text);
    } catch {
      return undefined;
    }
  };
}

/** Reads a field as it is written, `{ rule_type, param }`. */
export function fieldIn(input: Input): Field | undefined {
  const config = readFieldConfig(input);
  return config && fieldOf(config);
}

/** Reads a field as rules and sticky keys write it, `{ rule_type: "Header", param: "X-User-Id" }`: what `user` and `segment` take. Never throws. */
export function parseField(value: unknown): Checked<Field> {
  return reading(value, fieldIn);
}
