import { createHash } from "node:crypto";
import {
  type Checked,
  each,
  fail,
  isAbsent,
  type Input as DocumentInput,
  list,
  optional,
  readInput,
  record,
  shown,
  string,
  type Text,
} from "../document/index.ts";
import type { KeyPair } from "./signature.ts";
import { isProject } from "./urn.ts";

/** Who may do what: everything within a project, or nothing. */
export interface Credentials {
  readonly projects: readonly ProjectCredentials[];
}

/** The keys and tokens of one project. */
export interface ProjectCredentials {
  readonly id: string;
  readonly keys: readonly KeyPair[];
  /** SHA-256 of each token, 64 hexadecimal digits. */
  readonly tokens: readonly string[];
}

/** What has been read so far: a key or a token may be of several projects, but an access key has one secret. */
interface State {
  readonly projects: Set<string>;
  readonly secrets: Map<string, string>;
}

type Input = DocumentInput<State>;

const MOST = { limit: 10_000, what: "entries" };

/**
 * Reads credentials: `{ projects: [{ id, keys: [{ access, secret }], tokens: ["sha256:…"] }] }`. No complaint shows a secret.
 * `written` is that of the text, if the value came from one.
 */
export function readCredentials(value: unknown, written?: Text["written"]): Checked<Credentials> {
  const state: State = { projects: new Set(), secrets: new Map() };
  return readInput(value, readAll, { state, written });
}

function readAll(input: Input): Credentials | undefined {
  const fields = record(input, ["projects"]);
  const inputs = fields && list(fields.projects, MOST);
  if (fields === undefined || inputs === undefined) return undefined;
  if (inputs.length === 0) return fail(fields.projects, "no-credentials", "there is no project", "add one, with keys or tokens");
  return { projects: each(inputs, readProject) };
}

function readProject(input: Input): ProjectCredentials | undefined {
  const fields = record(input, ["id", "keys", "tokens"]);
  if (fields === undefined) return undefined;
  const id = readId(fields.id);
  const keys = optional(fields.keys, (keys) => each(list(keys, MOST) ?? [], readKey)) ?? [];
  const tokens = optional(fields.tokens, (tokens) => each(list(tokens, MOST) ?? [], readToken)) ?? [];
  if (isAbsent(fields.keys) && isAbsent(fields.tokens))
    return fail(input, "no-credentials", "the project has no key and no token", "add one");
  return id === undefined ? undefined : { id, keys, tokens };
}

function readId(input: Input): string | undefined {
  const id = string(input);
  if (id === undefined) return undefined;
  const { projects } = input.reading.state;
  if (!isProject(id)) {
    return fail(input, "project-id", `${shown(id)} is no project`, "letters, digits, `_` and `-`, a letter or digit first; at most 64");
  }
  if (projects.has(id)) return fail(input, "project-id", `the project ${shown(id)} is there twice`, "join the two");
  projects.add(id);
  return id;
}

function readKey(input: Input): KeyPair | undefined {
  const fields = record(input, ["access", "secret"]);
  if (fields === undefined) return undefined;
  const access = string(fields.access);
  const secret = string(fields.secret);
  if (access === undefined || secret === undefined) return undefined;
  if (!/^[!-+\--<>-~]{1,128}$/.test(access)) {
    return fail(fields.access, "access-key", "this is no access key", "printable characters without space, comma and `=`; at most 128");
  }
  if (secret.length < 8)
    return fail(fields.secret, "secret-key", "the secret is shorter than 8 characters", "use one of the cloud's length, 40");
  const { secrets } = input.reading.state;
  if ((secrets.get(access) ?? secret) !== secret) {
    return fail(
      fields.access,
      "access-key",
      `the access key ${shown(access)} has two secrets`,
      "give each project's client a key of its own",
    );
  }
  secrets.set(access, secret);
  return { access, secret };
}

function readToken(input: Input): string | undefined {
  const text = string(input);
  if (text === undefined) return undefined;
  const found = /^sha256:([0-9a-f]{64})$/i.exec(text);
  if (found !== null) return (found[1] as string).toLowerCase();
  return fail(
    input,
    "token-hash",
    "this is no hash of a token",
    "write `sha256:` and 64 hexadecimal digits, as `printf %s TOKEN | sha256sum` prints them",
  );
}

/** The hash under which a token stands in the credentials. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
