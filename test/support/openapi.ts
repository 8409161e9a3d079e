import { Ajv2020 } from "ajv/dist/2020.js";
import { openapi } from "../docs/openapi.ts";

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>;
}

const document = openapi("0.0.0");
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/ } });
ajv.addSchema({ $id: "alias-api", ...document });
const paths = Object.entries(document["paths"] as Readonly<Record<string, Readonly<Record<string, Operation>>>>).map(
  ([path, operations]) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    operations,
  }),
);

/** What is wrong with a response by the document of OpenAPI. Paths that it does not have are only refused by an error. */
export function faultsOfResponse(method: string, target: string, status: number, body: string | undefined): readonly string[] {
  const name = `${method} ${target}: ${status} ${body?.slice(0, 300) ?? ""}`;
  const found = paths.find(({ pattern }) => pattern.test(target.replace(/\?.*$/, "")));
  const operation = found?.operations[method.toLowerCase()];
  if (found === undefined || operation === undefined) return status >= 400 && isValid("#/components/schemas/Error", body) ? [] : [name];
  const response = operation.responses[String(status)];
  if (response === undefined) return [`${name}: no such status`];
  if (response.content === undefined) return body === undefined ? [] : [`${name}: a body`];
  const escaped = found.path.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D");
  const pointer = `#/paths/${escaped}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`;
  return isValid(pointer, body) ? [] : [`${name}: ${ajv.errorsText(ajv.errors)}`];
}

function isValid(pointer: string, body: string | undefined): boolean {
  const validate = ajv.getSchema(`alias-api${pointer}`);
  if (validate === undefined) throw new Error(`${pointer} is not in the document`);
  const valid = validate(JSON.parse(body ?? "null")) === true;
  ajv.errors = validate.errors ?? null;
  return valid;
}
