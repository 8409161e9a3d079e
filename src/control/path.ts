import { shown } from "../document/index.ts";
import { Fault } from "./fault.ts";
import { type ApiRoute, type Call, ROUTES } from "./routes.ts";
import { isProject } from "./urn.ts";

/** What a request asks for. */
export interface Target {
  readonly route: ApiRoute;
  readonly project: string;
  readonly path: Call["path"];
  readonly query: ReadonlyMap<string, string>;
}

/** The pattern of a route by segments. */
interface Pattern {
  readonly route: ApiRoute;
  /** What stands there; undefined where any text may. */
  readonly segments: readonly (string | undefined)[];
  /** The names of those, each with its place. */
  readonly names: readonly (readonly [name: string, index: number])[];
}

const PATTERNS: readonly Pattern[] = ROUTES.map((route) => {
  const parts = route.pattern.split("/").slice(1);
  return {
    route,
    segments: parts.map((part) => (part.startsWith("{") ? undefined : part)),
    names: parts.flatMap((part, index) => (part.startsWith("{") ? [[part.slice(1, -1), index] as const] : [])),
  };
});

/** Finds the route of a path as it was sent. Each segment is decoded once; what only a decoder would take for a path is refused. */
export function readTarget(method: string, path: string, query: string): Target {
  const segments = path.split("/").slice(1).map(decodeSegment);
  const found = PATTERNS.filter((pattern) => matches(pattern, segments));
  if (found.length === 0) throw new Fault("FSS.0404", `there is nothing at ${shown(path.slice(0, 200))}`);
  const pattern = found.find(({ route }) => route.method === method);
  if (pattern === undefined) {
    const allowed = found.map((each) => each.route.method).join(", ");
    throw new Fault("FSS.0400", `the path takes ${allowed}, not ${shown(method.slice(0, 40))}`, {
      status: 405,
      headers: { allow: allowed },
    });
  }
  const { route, names } = pattern;
  const named: Record<string, string | undefined> = {};
  for (const [name, index] of names) named[name] = segments[index];
  const { project_id: project = "" } = named;
  if (!isProject(project)) throw new Fault("FSS.0403", `${shown(project)} is no project`);
  return { route, project, path: named as Call["path"], query: query === "" ? NO_PARAMETERS : readQuery(query, route) };
}

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

function matches({ segments: pattern }: Pattern, segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  for (let index = 0; index < pattern.length; index++) {
    const part = pattern[index];
    if (part === undefined ? segments[index] === "" : segments[index] !== part) return false;
  }
  return true;
}

/** A control character, or what would be read as a path if it were decoded in another place. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f/\\]/;

function decodeSegment(segment: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    throw new Fault("FSS.0400", "an escape of the path is malformed");
  }
  if (decoded === "." || decoded === ".." || UNSAFE.test(decoded)) throw new Fault("FSS.0400", "a segment of the path is none");
  return decoded;
}

function readQuery(query: string, { query: known }: ApiRoute): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!known.includes(name)) throw new Fault("FSS.1001", `the parameter ${shown(name.slice(0, 100))} is not known here`);
    if (parameters.has(name)) throw new Fault("FSS.1001", `the parameter ${shown(name)} is there twice`);
    parameters.set(name, value);
  }
  return parameters;
}
