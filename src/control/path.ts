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

const PATTERNS = ROUTES.map((route) => ({ route, segments: route.pattern.split("/").slice(1) }));

/** Finds the route of a path as it was sent. Each segment is decoded once; what only a decoder would take for a path is refused. */
export function readTarget(method: string, path: string, query: string): Target {
  const segments = path.split("/").slice(1).map(decodeSegment);
  const found = PATTERNS.filter(({ segments: pattern }) => matches(pattern, segments));
  if (found.length === 0) throw new Fault("FSS.0404", `there is nothing at ${shown(path.slice(0, 200))}`);
  const { route, segments: pattern } = found.find((each) => each.route.method === method) ?? {};
  if (route === undefined || pattern === undefined) {
    const allowed = found.map((each) => each.route.method).join(", ");
    throw new Fault("FSS.0400", `the path takes ${allowed}, not ${shown(method.slice(0, 40))}`, {
      status: 405,
      headers: { allow: allowed },
    });
  }
  const named = Object.fromEntries(
    pattern.flatMap((name, index) => (name.startsWith("{") ? [[name.slice(1, -1), segments[index]] as const] : [])),
  );
  const { project_id: project = "", ...rest } = named as Record<string, string>;
  if (!isProject(project)) throw new Fault("FSS.0403", `${shown(project)} is no project`);
  return { route, project, path: rest as Call["path"], query: readQuery(query, route) };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]))
  );
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
