import { type Checked, type Input, readPlain } from "../document/index.ts";
import { type Field, fieldOf, nodeReader, type NodeRequest, readFieldConfig, textOf, valueIn } from "../request/index.ts";

/** Reads one field of a request; undefined where the request has none, or cannot be read. */
export type ReadField = (request: NodeRequest) => string | undefined;

/** Makes the function that reads a field in the way that rules read it. */
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

/** Reads a field in the form of rules and sticky keys, `{ rule_type: "Header", param: "X-User-Id" }`, for the options `user` and `segment`. Never throws. */
export function parseField(value: unknown): Checked<Field> {
  return readPlain(value, fieldIn);
}
