/** The parts of a document of OpenAPI 3.1 that its page shows. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  /** By path, its operations by method, beside the parameters of the path. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, { readonly in: string; readonly name: string; readonly description?: string }>>;
  };
}

interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Content {
  readonly content?: { readonly "application/json": { readonly schema: Schema } };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}

interface Placed extends Operation {
  readonly method: string;
  readonly path: string;
}

/** The page of an API: every operation with what it takes, answers and refuses, and every schema. */
export function pageOfApi(document: ApiDocument): string {
  const { info, servers, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== "parameters")
      .map(([method, operation]): Placed => ({ ...(operation as Operation), method: method.toUpperCase(), path })),
  );
  const all = operations.map(refusalsOf);
  const everywhere = [...(all[0] ?? [])].filter(([key]) => all.every((refusals) => refusals.has(key)));
  const common = new Set(everywhere.map(([key]) => key));
  return `${[
    `# ${info.title} over HTTP`,
    "<!-- Written by test/docs/openapi.test.ts from docs/alias-api.openapi.json: run it with `-u`. -->",
    `${info.description} [The alias API](../alias-api.md) says how to run it and what it means;
[alias-api.openapi.json](../alias-api.openapi.json) is this page for programs, in OpenAPI 3.1.`,
    `The server is \`${servers[0]?.url}\` where it is told nothing else. A request has one of these headers:`,
    tableOf(
      ["header", "what it is"],
      Object.values(components.securitySchemes).map(({ name, description }) => [`\`${name}\``, description ?? ""]),
    ),
    "Every response has the header `X-Request-Id`. Every operation may be refused so, with an [`Error`](#error):",
    tableOf(
      ["status", "code", "cause"],
      everywhere.map(([, cells]) => cells),
    ),
    "## Operations",
    tableOf(
      ["operation", "what it does"],
      operations.map(({ operationId, summary }) => [`[\`${operationId}\`](#${operationId.toLowerCase()})`, summary]),
    ),
    ...operations.flatMap((operation, index) => operationPart(operation, all[index] ?? new Map(), common)),
    "## Schemas",
    ...Object.entries(components.schemas).flatMap(([name, schema]) => [`### \`${name}\``, ...schemaPart(schema)]),
  ].join("\n\n")}\n`;
}

/** The refusals of an operation, by status and code. */
function refusalsOf({ responses }: Operation): ReadonlyMap<string, readonly string[]> {
  const rows = Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([status, { description }]) =>
      description.split("; ").map((each) => {
        const [, code = "", cause = ""] = /^(FSS\.\d+): (.+)$/.exec(each) ?? [];
        if (code === "") throw new Error(`\`${each}\` is no refusal`);
        return [`${status} ${code}`, [status, code, cause]] as const;
      }),
    );
  return new Map(rows);
}

function operationPart(
  operation: Placed,
  refusals: ReadonlyMap<string, readonly string[]>,
  common: ReadonlySet<string>,
): readonly string[] {
  const { operationId, summary, method, path, parameters = [], requestBody, responses } = operation;
  const own = [...refusals]
    .filter(([key]) => !common.has(key))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, cells]) => cells);
  const [success] = Object.entries(responses).filter(([status]) => Number(status) < 400);
  if (success === undefined) throw new Error(`${operationId} never succeeds`);
  const [status, { content, description }] = success;
  const answer = content === undefined ? `${status}, no body` : `${status}, ${typeOf(content["application/json"].schema)}`;
  const takes = requestBody?.content === undefined ? [] : [["body", typeOf(requestBody.content["application/json"].schema)]];
  const given = parameters.map(({ name, in: where, schema }) => [`${where} \`${name}\``, typeOf(schema)]);
  return [
    `### \`${operationId}\``,
    `\`\`\`http\n${method} ${path}\n\`\`\``,
    `${summary}.${description === "Done." ? "" : ` ${description}`}`,
    tableOf(["", ""], [...takes, ...given, ["answer", answer]]),
    ...(own.length === 0 ? [] : ["Refused, beside the refusals of every operation:", tableOf(["status", "code", "cause"], own)]),
  ];
}

function schemaPart({ properties = {}, required = [], additionalProperties }: Schema): readonly string[] {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    typeOf(schema),
    required.includes(name) ? "yes" : "",
    schema.description ?? "",
  ]);
  return [
    ...(rows.length === 0 ? ["An object."] : [tableOf(["key", "value", "required", ""], rows)]),
    ...(additionalProperties === false ? [] : ["It may have other keys."]),
  ];
}

/** What a schema allows, in words. */
function typeOf(schema: Schema): string {
  const { $ref, anyOf, type, items, minimum, maximum, minLength, maxLength, format, properties, additionalProperties } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return `[\`${name}\`](#${name.toLowerCase()})`;
  }
  if (anyOf !== undefined) return anyOf.map(typeOf).join(" or ");
  if (schema.enum !== undefined)
    return schema.enum.length > MOST_VALUES ? "one of the codes above" : schema.enum.map((value) => `\`${value}\``).join(", ");
  switch (type) {
    case "array":
      return `an array of ${typeOf(items ?? {})}`;
    case "object":
      if (properties !== undefined)
        return `an object: ${Object.entries(properties)
          .map(([name, each]) => `\`${name}\`: ${typeOf(each)}`)
          .join(", ")}`;
      return additionalProperties === undefined || additionalProperties === false ? "object" : `object of ${typeOf(additionalProperties)}`;
    case "string":
      if (maxLength !== undefined) return `string of at most ${maxLength} characters`;
      if (minLength !== undefined) return "string that is not empty";
      return format === undefined ? "string" : `string (${format})`;
    case "integer":
    case "number":
      if (maximum !== undefined) return `${type} from ${minimum} to ${maximum}`;
      return minimum === undefined ? type : `${type} from ${minimum}`;
    case "null":
      return "`null`";
    default:
      return "anything";
  }
}

/** A list of more values is not written out. */
const MOST_VALUES = 8;

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
