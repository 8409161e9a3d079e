import type { Clock } from "./clock.ts";
import type { Escape } from "./escape.ts";

/** What a field of a line is, which says how it is checked and where in the request it goes. */
export type Role =
  /** An address: the attribute `remote_addr`. Where it is optional, `-` stands for none. */
  | { readonly kind: "address"; readonly optional?: boolean }
  /** The same with a port behind it, or `-`. */
  | { readonly kind: "endpoint" }
  /** Apache's `%h`: an address, or the name of a host that it was resolved to, which becomes the attribute `remote_host`. */
  | { readonly kind: "client" }
  /** The request line. */
  | { readonly kind: "request" }
  | { readonly kind: "method" }
  /** Path and query, or a whole URL. */
  | { readonly kind: "target" }
  | { readonly kind: "path" }
  /** With or without `?`. */
  | { readonly kind: "query" }
  /** One parameter, as it stood in the query. */
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "host" }
  /** A server's name with its port, of which clients leave out the usual one. */
  | { readonly kind: "vhost" }
  | { readonly kind: "header"; readonly name: string }
  /**
   * `X-Forwarded-For` as Envoy writes it. Its last address is the one that the proxy saw, or that the proxy before it vouches
   * for: the attribute `remote_addr`, where no other field has it.
   */
  | { readonly kind: "forwarded" }
  | { readonly kind: "cookie"; readonly name: string }
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "status" }
  | { readonly kind: "time"; readonly clock: Clock }
  /** Two fields that are a time together, in UTC. */
  | { readonly kind: "date" | "clock" }
  /** A number that is only checked to be one. */
  | { readonly kind: "number" }
  | { readonly kind: "ignored" };

/** A field of a line: its name as the format writes it, and what it is. */
export interface Variable {
  readonly name: string;
  readonly role: Role;
  /** Values of which there may be several, with `, ` or ` : ` between them: nginx's upstreams. */
  readonly list?: boolean;
}

/** How lines are laid out: texts and fields in turn. */
export interface Layout {
  readonly tokens: readonly (string | Variable)[];
  readonly escape: Escape;
  /** What may follow the last field: nothing, or more fields behind a blank. */
  readonly tail: "none" | "more";
  /** What the last field does not have, where the line ends with it. */
  readonly separator?: string | undefined;
}

export const IGNORED: Role = { kind: "ignored" };
