import { type Field, textOf, valueIn } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import { fieldUses, keyDraw, type Plan } from "../plan/index.ts";
import type { Decision, Route } from "../backend/index.ts";
import { Affinity, type AffinityOptions } from "./affinity.ts";
import { type OverrideOptions, Overrides } from "./override.ts";
import type { AliasTable } from "./table.ts";

/** What a host needs to know. `Q` is its request, and `R` what the table reads. */
export interface CanaryOptions<Q, R> {
  readonly table: AliasTable<R>;
  /** The alias that decides a request: its key, or a function of the request. Where it is undefined, or the table has no such alias, nothing is decided. */
  readonly alias: string | ((request: Q) => string | undefined);
  /** Strings for the rules and sticky keys of type `Attribute`: a tenant, a country, a verified claim. */
  readonly attributes?: (request: Q) => Readonly<Record<string, string | undefined>> | undefined;
  readonly affinity?: AffinityOptions;
  readonly override?: OverrideOptions<Q>;
  /** The request header that tells the upstream its version, `X-CFF-Func-Version` where left out, as FunctionGraph has it. `false` for none. */
  readonly header?: string | false;
}

/** What was decided for a request. */
export interface Served {
  readonly alias: string;
  /** The version that the request gets. */
  readonly version: Version;
  /** What chose it: the alias, the affinity cookie, or the request itself where it may. */
  readonly by: "alias" | "affinity" | "override";
  /** What the alias decides. Where `by` is `override`, or the cookie holds on to a version without a share, that is another version. */
  readonly decision: Decision;
}

/** What the host adds to the answer. */
export interface Answer {
  readonly served: Served | undefined;
  /** The request headers that the decision depends on, in lower case, for `Vary`. */
  readonly vary: readonly string[];
  /** The Set-Cookie field, where one is to be set. */
  readonly cookie: string | undefined;
}

/** The header that FunctionGraph tells its functions their version by. */
const FUNCTION_VERSION = "x-cff-func-version";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NOTHING: Answer = { served: undefined, vary: [], cookie: undefined };

/** What hosts ask of a route again and again. */
interface Known {
  readonly named: ReadonlySet<Version>;
  /** The decision of the split for each version that has a share. */
  readonly shares: ReadonlyMap<Version, Decision>;
  readonly stickyKeys: readonly Field[];
  /** Whether an id may take the place of the draw: where there is a draw that would be random. */
  readonly isDrawn: boolean;
  readonly drawOf: (id: string) => number;
  readonly vary: readonly string[];
}

/** Decides the requests of a host: overrides, affinity, and the table. Each framework adds what it alone has. */
export class Host<Q, R> {
  readonly #options: CanaryOptions<Q, R>;
  readonly #affinity: Affinity | undefined;
  readonly #overrides: Overrides | undefined;
  readonly #known = new WeakMap<Route<R>, Known>();
  /** The name of the upstream header, in lower case. */
  readonly header: string | undefined;

  /** @throws TypeError for an option that cannot be used */
  constructor(options: CanaryOptions<Q, R>) {
    const { affinity, override, header = FUNCTION_VERSION } = options;
    if (header !== false && !TOKEN.test(header)) throw new TypeError("`header` is no name of a header");
    this.#options = options;
    this.#affinity = affinity && new Affinity(affinity);
    this.#overrides = override && new Overrides(override);
    this.header = header === false ? undefined : header.toLowerCase();
  }

  /** Decides a request of the host. `view` makes of it what the table reads. */
  answer(request: Q, view: (attributes: Readonly<Record<string, string | undefined>> | undefined) => R): Answer {
    const { table, alias: chosen, attributes } = this.#options;
    const alias = typeof chosen === "function" ? chosen(request) : chosen;
    const route = alias === undefined ? undefined : table.get(alias);
    if (alias === undefined || route === undefined) return NOTHING;
    const known = this.#knownOf(alias, route);
    const read = view(attributes?.(request));
    const forced = this.#forced(request, alias, route, known, read);
    if (forced !== undefined) return { served: forced, vary: known.vary, cookie: undefined };
    if (this.#affinity !== undefined && known.isDrawn && !known.stickyKeys.some((field) => this.#valueOf(field, read)))
      return this.#withAffinity(this.#affinity, alias, route, known, read);
    const decision = route(read);
    table.count(alias, decision);
    return { served: { alias, version: decision.version, by: "alias", decision }, vary: known.vary, cookie: undefined };
  }

  #forced(request: Q, alias: string, route: Route<R>, { named }: Known, read: R): Served | undefined {
    const { table, override } = this.#options;
    const asked = this.#overrides?.asked((field) => this.#valueOf(field, read), alias, route.plan.name);
    if (asked === undefined || override === undefined) return undefined;
    const event =
      override.trusted(request) !== true
        ? "override-untrusted"
        : "fault" in asked
          ? asked.fault
          : named.has(asked.version)
            ? "override"
            : "override-unknown";
    table.countEvent(alias, event);
    return "version" in asked && event === "override"
      ? { alias, version: asked.version, by: "override", decision: route(read) }
      : undefined;
  }

  /** Decides by the id of the visitor, or a new one, and keeps the version that the visitor has had. */
  #withAffinity(affinity: Affinity, alias: string, route: Route<R>, known: Known, read: R): Answer {
    const { table } = this.#options;
    const { rule = "rule", weightless = "draw", gone = "draw" } = affinity.options;
    const value = this.#valueOf({ kind: "cookie", name: affinity.nameOf(alias) }, read);
    const ticket = value === undefined ? undefined : affinity.verify(alias, value);
    if (value !== undefined && ticket === undefined) table.countEvent(alias, "affinity-invalid");
    const id = ticket?.id ?? affinity.newId();
    const drawn = route(read, known.drawOf(id));
    const answer = (version: Version, by: Served["by"], decision: Decision, cookie: boolean): Answer => {
      if (by === "affinity") table.countEvent(alias, "affinity");
      if (decision.version === version) table.count(alias, decision);
      const isNew = ticket === undefined || ticket.isOld || ticket.version !== version;
      return {
        served: { alias, version, by, decision },
        vary: known.vary,
        cookie: cookie && isNew ? affinity.cookieFor(alias, { id, version }) : undefined,
      };
    };
    if (drawn.reason !== "split" && drawn.reason !== "rule") return answer(drawn.version, "alias", drawn, false);
    if (drawn.reason === "rule" && (rule === "rule" || ticket === undefined)) {
      if (ticket !== undefined && ticket.version !== drawn.version) table.countEvent(alias, "affinity-rule");
      return answer(drawn.version, "alias", drawn, false);
    }
    if (ticket === undefined) return answer(drawn.version, "alias", drawn, true);
    const share = known.shares.get(ticket.version);
    if (share !== undefined) return answer(ticket.version, "affinity", share, true);
    const isNamed = known.named.has(ticket.version);
    table.countEvent(alias, isNamed ? "affinity-weightless" : "affinity-gone");
    if (isNamed && weightless === "keep") return answer(ticket.version, "affinity", drawn, true);
    const primary = isNamed || gone === "draw" ? undefined : known.shares.get(route.plan.versions[0] as Version);
    const decision = drawn.reason === "rule" ? drawn : (primary ?? drawn);
    return answer(decision.version, "alias", decision, decision.reason === "split");
  }

  #valueOf(field: Field, request: R): string | undefined {
    const { reader } = this.#options.table;
    try {
      const carrier = reader.open(request);
      const text = carrier && textOf(reader, field, carrier, request);
      return text === undefined ? undefined : valueIn(field, text);
    } catch {
      // The route says what a request is that cannot be read.
      return undefined;
    }
  }

  #knownOf(alias: string, route: Route<R>): Known {
    const before = this.#known.get(route);
    if (before !== undefined) return before;
    const { plan, decisions } = route;
    const { split } = plan;
    const sticky = split.kind === "arms" ? split.sticky : undefined;
    const known: Known = {
      named: new Set(plan.versions),
      shares: new Map(
        split.kind === "arms" ? split.arms.map(({ outcome }) => decisions[outcome] as Decision).map((each) => [each.version, each]) : [],
      ),
      stickyKeys: sticky?.keys.map(({ field }) => field) ?? [],
      isDrawn: split.kind === "arms" && (sticky === undefined || sticky.missing === "random"),
      drawOf: keyDraw({ hash: sticky?.hash ?? "murmur3", seed: sticky?.seed ?? plan.name ?? alias }),
      vary: [...new Set([...varyOf(plan), ...(this.#overrides?.vary ?? []), ...(this.#affinity === undefined ? [] : ["cookie"])])],
    };
    this.#known.set(route, known);
    return known;
  }
}

/** The headers that an alias looks at, in lower case. What it reads of the target is no header, and attributes are the host's own. */
function varyOf(plan: Plan): readonly string[] {
  return fieldUses(plan).flatMap(({ field }) => (field.kind === "header" ? [field.name] : field.kind === "cookie" ? ["cookie"] : []));
}

/** Adds to the headers of a response, in lower case, as node has them of a message. */
export function addTo(headers: { vary?: string | undefined; "set-cookie"?: string[] | undefined }, { vary, cookie }: Answer): void {
  const merged = vary.length === 0 ? undefined : mergeVary(headers.vary, vary);
  if (merged !== undefined) headers.vary = merged;
  if (cookie !== undefined) headers["set-cookie"] = [...(headers["set-cookie"] ?? []), cookie];
}

/** A Vary field with more names; undefined where there is nothing to change. */
export function mergeVary(before: string | undefined, names: readonly string[]): string | undefined {
  const there = (before ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const known = new Set(there.map((name) => name.toLowerCase()));
  if (known.has("*")) return undefined;
  const missing = names.filter((name) => !known.has(name));
  return missing.length === 0 ? undefined : [...there, ...missing].join(", ");
}
