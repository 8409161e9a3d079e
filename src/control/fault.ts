import type { Diagnostic } from "../document/index.ts";

/** An error code of the service, such as `FSS.1053`. */
export type ServiceCode =
  | "FSS.0400"
  | "FSS.0401"
  | "FSS.0403"
  | "FSS.0404"
  | "FSS.0406"
  | "FSS.0408"
  | "FSS.0409"
  | "FSS.0413"
  | "FSS.0428"
  | "FSS.0429"
  | "FSS.0500"
  | "FSS.0503"
  | "FSS.1001"
  | "FSS.1002"
  | "FSS.1004"
  | "FSS.1014"
  | "FSS.1015"
  | "FSS.1019"
  | "FSS.1043"
  | "FSS.1051"
  | "FSS.1052"
  | "FSS.1053"
  | "FSS.1062"
  | "FSS.1063"
  | "FSS.1066"
  | "FSS.1091"
  | "FSS.1092"
  | "FSS.1093"
  | "FSS.1094"
  | "FSS.1154"
  | "FSS.1309";

/** The codes that this service answers, with their status and what the FunctionGraph API reference says of them. */
const CODES: Readonly<Record<ServiceCode, readonly [status: number, about: string]>> = {
  "FSS.0400": [400, "invalid parameter"],
  "FSS.0401": [401, "unauthorized access"],
  "FSS.0403": [403, "forbidden"],
  "FSS.0404": [404, "the resource was not found"],
  "FSS.0406": [406, "the body is not acceptable"],
  "FSS.0408": [408, "request timeout"],
  "FSS.0409": [409, "the resource already exists"],
  "FSS.0413": [413, "the body is too large"],
  "FSS.0428": [428, "the preconditions have not been met"],
  "FSS.0429": [429, "too many requests"],
  "FSS.0500": [500, "internal error"],
  "FSS.0503": [503, "service unavailable"],
  "FSS.1001": [400, "invalid query parameter"],
  "FSS.1002": [400, "invalid function name"],
  "FSS.1004": [400, "invalid package"],
  "FSS.1014": [400, "invalid alias name"],
  "FSS.1015": [400, "invalid version"],
  "FSS.1019": [400, "the description is too long"],
  "FSS.1043": [403, "too many aliases"],
  "FSS.1051": [404, "there is no such function"],
  "FSS.1052": [404, "there is no such version"],
  "FSS.1053": [404, "there is no such alias"],
  "FSS.1062": [409, "the version exists already"],
  "FSS.1063": [409, "the alias exists already"],
  "FSS.1066": [409, "another alias has this primary version"],
  "FSS.1091": [400, "invalid additional version"],
  "FSS.1092": [400, "invalid weight"],
  "FSS.1093": [400, "the primary and the additional version are the same"],
  "FSS.1094": [403, "the version is an additional version of an alias"],
  "FSS.1154": [403, "the alias has triggers"],
  "FSS.1309": [400, "invalid URN"],
};

/** The codes, in the order of their numbers. */
export const SERVICE_CODES: readonly ServiceCode[] = Object.keys(CODES) as ServiceCode[];

/** What a fault may say beside its code. */
interface FaultOptions {
  /** Where it is not the status of the code. */
  readonly status?: number;
  /** Everything that is wrong with the body. */
  readonly diagnostics?: readonly Diagnostic[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What went wrong inside, for a log. */
  readonly cause?: unknown;
}

/** Why the service refuses a request. Thrown inside of the service; the handler answers it. */
export class Fault extends Error {
  override readonly name: string = "Fault";
  readonly code: ServiceCode;
  readonly status: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ServiceCode, message: string, { status, diagnostics = [], headers = {}, cause }: FaultOptions = {}) {
    super(message, { cause });
    this.code = code;
    this.status = status ?? CODES[code][0];
    this.diagnostics = diagnostics;
    this.headers = headers;
  }
}

/** What the API reference says of a code, and the status that it comes with. */
export function aboutCode(code: ServiceCode): { readonly status: number; readonly about: string } {
  const [status, about] = CODES[code];
  return { status, about };
}

/** Whether a text is a code that this service answers. */
export function isServiceCode(text: string): text is ServiceCode {
  return Object.hasOwn(CODES, text);
}

/** The refusal of a body that is too long. */
export function tooLarge(limit: number): Fault {
  return new Fault("FSS.0413", `the body has more than ${limit} bytes`);
}
