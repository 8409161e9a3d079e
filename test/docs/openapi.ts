import { aboutCode, SERVICE_CODES, type ServiceCode } from "../../src/control/fault.ts";
import { type ApiRoute, ROUTES } from "../../src/control/routes.ts";

/** A schema of JSON Schema 2020-12, as OpenAPI 3.1 has them. */
type Schema = Readonly<Record<string, unknown>>;

/** What a route is said to do, to take and to answer. */
interface About {
  readonly summary: string;
  readonly takes?: Schema;
  readonly answers?: Schema;
  readonly status: 200 | 201 | 204;
  readonly codes: readonly ServiceCode[];
}

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const arrayOf = (items: Schema): Schema => ({ type: "array", items });
const pageOf = (name: string): Schema => ({
  type: "object",
  required: [name, "next_marker", "count"],
  additionalProperties: false,
  properties: { [name]: arrayOf(ref("Function")), next_marker: { type: "integer", minimum: 0 }, count: { type: "integer", minimum: 0 } },
});

/** Codes that every route may answer. */
const EVERYWHERE: readonly ServiceCode[] = [
  "FSS.0400",
  "FSS.0401",
  "FSS.0403",
  "FSS.0404",
  "FSS.0408",
  "FSS.0413",
  "FSS.0429",
  "FSS.0500",
  "FSS.0503",
  "FSS.1001",
];
const OF_FUNCTION: readonly ServiceCode[] = ["FSS.1051", "FSS.1052", "FSS.1053", "FSS.1309"];
const OF_BODY: readonly ServiceCode[] = ["FSS.0406"];
const OF_ALIAS: readonly ServiceCode[] = [...OF_BODY, "FSS.1014", "FSS.1015", "FSS.1019", "FSS.1066", "FSS.1091", "FSS.1092", "FSS.1093"];

const ABOUT: Readonly<Record<string, About>> = {
  createVersionAlias: {
    summary: "Creates an alias",
    takes: ref("AliasBody"),
    answers: { anyOf: [ref("Alias"), ref("DryRun")] },
    status: 200,
    codes: [...OF_FUNCTION, ...OF_ALIAS, "FSS.1043", "FSS.1063"],
  },
  updateVersionAlias: {
    summary: "Replaces what an alias says",
    takes: ref("AliasBody"),
    answers: { anyOf: [ref("Alias"), ref("DryRun")] },
    status: 200,
    codes: [...OF_FUNCTION, ...OF_ALIAS, "FSS.0428"],
  },
  showVersionAlias: { summary: "Shows an alias", answers: ref("Alias"), status: 200, codes: OF_FUNCTION },
  listVersionAliases: { summary: "Lists the aliases of a function", answers: arrayOf(ref("Alias")), status: 200, codes: OF_FUNCTION },
  deleteVersionAlias: { summary: "Deletes an alias", status: 204, codes: [...OF_FUNCTION, "FSS.0428", "FSS.1154"] },
  listAliasHistory: {
    summary: "Lists the changes of an alias, the newest first; the cloud does not have this route",
    answers: arrayOf(ref("Change")),
    status: 200,
    codes: ["FSS.1053", "FSS.1309"],
  },
  createFunction: {
    summary: "Creates a function",
    takes: ref("FunctionBody"),
    answers: ref("Function"),
    status: 200,
    codes: [...OF_BODY, "FSS.0409", "FSS.1002", "FSS.1004"],
  },
  listFunctions: { summary: "Lists the functions of a project", answers: pageOf("functions"), status: 200, codes: [] },
  showFunctionConfig: { summary: "Shows a function", answers: ref("Function"), status: 200, codes: OF_FUNCTION },
  deleteFunction: {
    summary: "Deletes a function, or the version that the URN names",
    status: 204,
    codes: [...OF_FUNCTION, "FSS.1015", "FSS.1094", "FSS.1154"],
  },
  createFunctionVersion: {
    summary: "Publishes a version",
    takes: ref("VersionBody"),
    answers: ref("Function"),
    status: 200,
    codes: [...OF_FUNCTION, ...OF_BODY, "FSS.1015", "FSS.1019", "FSS.1062"],
  },
  listFunctionVersions: { summary: "Lists the versions of a function", answers: pageOf("versions"), status: 200, codes: OF_FUNCTION },
  createFunctionTrigger: {
    summary: "Records a trigger, which keeps the alias that it calls from being deleted; none is fired",
    takes: ref("TriggerBody"),
    answers: ref("Trigger"),
    status: 201,
    codes: [...OF_FUNCTION, ...OF_BODY],
  },
  listFunctionTriggers: { summary: "Lists the triggers of a function", answers: arrayOf(ref("Trigger")), status: 200, codes: OF_FUNCTION },
  deleteFunctionTrigger: { summary: "Deletes a trigger", status: 204, codes: OF_FUNCTION },
};

const text: Schema = { type: "string" };
const time: Schema = { type: "string", format: "date-time" };
const count: Schema = { type: "integer", minimum: 0 };

/** The keys of an alias that say what it does. */
const ALIAS: Readonly<Record<string, Schema>> = {
  version: { ...text, description: "The primary version." },
  description: { ...text, maxLength: 512 },
  additional_version_weights: {
    type: "object",
    additionalProperties: { type: "number", minimum: 0, maximum: 100 },
    description: "By version, its percent of the requests that no rule decides.",
  },
  additional_version_strategy: {
    type: "object",
    additionalProperties: ref("Strategy"),
    description: "By version, the rules that name it.",
  },
  additional_version_order: { ...arrayOf(text), description: "In the profile `extended` only." },
  stickiness: { type: "object", description: "In the profile `extended` only." },
};

const orNull = (properties: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, name === "version" ? schema : { anyOf: [schema, { type: "null" }] }]),
  );

const object = (required: readonly string[], properties: Readonly<Record<string, Schema>>): Schema => ({
  type: "object",
  required,
  additionalProperties: false,
  properties,
});

const DETAILS: Readonly<Record<string, Schema>> = {
  runtime: text,
  timeout: { type: "number" },
  handler: text,
  memory_size: { type: "number" },
  code_type: text,
  type: text,
  description: text,
};

const SCHEMAS: Readonly<Record<string, Schema>> = {
  AliasBody: object(["version"], { name: text, ...orNull(ALIAS), last_modified: {}, alias_urn: {} }),
  Alias: object(["name", "version", "last_modified", "alias_urn"], { name: text, ...ALIAS, last_modified: time, alias_urn: text }),
  Strategy: object(["rules"], {
    combine_type: { anyOf: [text, { type: "null" }] },
    rules: arrayOf(object(["rule_type", "param", "op", "value"], { rule_type: text, param: text, op: text, value: text })),
  }),
  Moved: object(["slots", "least", "redrawn", "shifts", "unchanged", "undecided"], {
    slots: { ...count, maximum: 10_000, description: "How many of the 10,000 slots of the split move." },
    least: { ...count, maximum: 10_000, description: "How many must, for these shares." },
    redrawn: { type: "boolean", description: "Whether every user is drawn again." },
    shifts: { ...count, description: "Groups of requests that rules decide in another way." },
    unchanged: { type: "boolean", description: "Whether every request is decided alike, which is proved." },
    undecided: { type: "boolean", description: "Whether the effort for the proof did not do." },
  }),
  DryRun: object(["alias", "diagnostics"], { alias: ref("Alias"), moved: ref("Moved"), diagnostics: arrayOf(ref("Diagnostic")) }),
  Change: object(["revision", "at", "who", "action", "what", "name"], {
    revision: { type: "integer", minimum: 1 },
    at: time,
    who: text,
    action: { enum: ["create", "update", "delete"] },
    what: { enum: ["function", "version", "alias", "trigger"] },
    name: text,
    before: object(["version"], ALIAS),
    after: object(["version"], ALIAS),
    moved: ref("Moved"),
  }),
  FunctionBody: object(["func_name"], { func_name: text, package: text, ...DETAILS }),
  Function: object(["func_id", "func_urn", "func_name", "namespace", "project_name", "package", "version", "last_modified"], {
    func_id: text,
    func_urn: text,
    func_name: text,
    namespace: text,
    project_name: text,
    package: text,
    ...DETAILS,
    version: text,
    version_description: text,
    digest: text,
    last_modified: time,
  }),
  VersionBody: object([], { version: text, description: text, digest: text }),
  TriggerBody: object(["trigger_type_code"], {
    trigger_type_code: text,
    trigger_status: { enum: ["ACTIVE", "DISABLED"] },
    event_type_code: text,
    event_data: { type: "object" },
  }),
  Trigger: object(["trigger_id", "trigger_type_code", "trigger_status", "event_data", "created_time", "last_updated_time"], {
    trigger_id: text,
    trigger_type_code: text,
    trigger_status: { enum: ["ACTIVE", "DISABLED"] },
    event_data: { type: "object" },
    created_time: time,
    last_updated_time: time,
  }),
  Error: object(["error_code", "error_msg"], {
    error_code: { enum: SERVICE_CODES },
    error_msg: { ...text, minLength: 1 },
    diagnostics: arrayOf(ref("Diagnostic")),
  }),
  Diagnostic: {
    type: "object",
    required: ["code", "severity", "at", "message"],
    properties: {
      code: text,
      severity: { enum: ["error", "warning"] },
      at: { ...text, description: "A JSON Pointer into the body." },
      message: text,
      help: text,
    },
  },
};

/** The API as a document of OpenAPI 3.1: what is served, and with which codes it is refused. */
export function openapi(version: string): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const path = (paths[route.pattern] ??= { parameters: pathParameters(route) });
    path[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "The alias API",
      version,
      description: "The routes of FunctionGraph by which aliases are managed, as `canary-router control` serves them.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "http://127.0.0.1:8070" }],
    security: [{ signature: [] }, { token: [] }],
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        signature: { type: "apiKey", in: "header", name: "Authorization", description: "SDK-HMAC-SHA256, as the SDKs of the cloud sign." },
        token: { type: "apiKey", in: "header", name: "X-Auth-Token", description: "A token whose hash the credentials have." },
      },
    },
  };
}

function pathParameters({ pattern }: ApiRoute): readonly Schema[] {
  return [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true, schema: text }));
}

function operationOf(route: ApiRoute): Schema {
  const about = ABOUT[route.operation];
  if (about === undefined) throw new Error(`${route.operation} is not described`);
  const { summary, takes, answers, status, codes } = about;
  const query = route.query.map((name) => ({
    name,
    in: "query",
    required: false,
    schema: name === "dry_run" ? { enum: ["true", "false"] } : text,
  }));
  const matches = route.matches === true ? [{ name: "If-Match", in: "header", required: false, schema: text }] : [];
  const parameters = [...query, ...matches];
  const dry = status === 204 && route.query.includes("dry_run");
  return {
    operationId: route.operation,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(takes !== undefined && { requestBody: { required: true, content: { "application/json": { schema: takes } } } }),
    responses: {
      [status]: {
        description: dry ? "Done; nothing was changed in a dry run." : "Done.",
        headers: REQUEST_ID,
        ...(answers !== undefined && { content: { "application/json": { schema: answers } } }),
      },
      ...refusals([...EVERYWHERE, ...codes], route),
    },
  };
}

const REQUEST_ID: Schema = { "X-Request-Id": { required: true, schema: { type: "string", pattern: "^[0-9a-f]{32}$" } } };

/** The refusals of a route by status, with their codes. */
function refusals(codes: readonly ServiceCode[], { matches = false }: ApiRoute): Readonly<Record<string, Schema>> {
  const byStatus = new Map<number, ServiceCode[]>();
  const add = (status: number, code: ServiceCode): void => void byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  for (const code of new Set(codes)) add(aboutCode(code).status, code);
  if (matches) add(412, "FSS.0428");
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([one], [other]) => one - other)
      .map(([status, each]) => {
        const description = each.map((code) => `${code}: ${aboutCode(code).about}`).join("; ");
        const schema = { allOf: [ref("Error"), { type: "object", properties: { error_code: { enum: each } } }] };
        return [String(status), { description, headers: REQUEST_ID, content: { "application/json": { schema } } }];
      }),
  );
}
