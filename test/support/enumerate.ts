import type { AliasConfig, StickyKeyConfig } from "../../src/alias/config.ts";
import { items, layout, type Readable } from "./oracle.ts";

/** What a field can be: absent, a value that no rule mentions, and those that some do. */
interface Choices {
  readonly field: StickyKeyConfig;
  readonly values: Set<string | undefined>;
}

/**
 * A request for every choice of what the rules and the sticky keys of a config can tell apart, built without the library; or
 * undefined where these are more than `most`. Where a Cookie line is mentioned, the request has that line alone; otherwise
 * cookies are written ahead of what else the line has.
 */
export function everyRequest(config: AliasConfig, most = 400): readonly Readable[] | undefined {
  const fields = new Map<string, Choices>();
  const choicesOf = ({ rule_type, param }: StickyKeyConfig): Choices["values"] => {
    const type = rule_type.toLowerCase();
    const field = { rule_type: type, param: type === "header" ? param.toLowerCase() : param };
    const known = fields.get(JSON.stringify(field)) ?? { field, values: new Set([undefined, param === ":path" ? "/other" : "other"]) };
    fields.set(JSON.stringify(field), known);
    return known.values;
  };
  for (const { rules } of Object.values(config.additional_version_strategy ?? {}))
    for (const rule of rules)
      for (const value of rule.op.toLowerCase() === "in" ? items(rule.value) : [rule.value]) choicesOf(rule).add(value);
  for (const key of config.stickiness?.keys ?? []) choicesOf(key).add("");

  let requests: readonly (readonly Carried[])[] = [[]];
  for (const { field, values } of fields.values()) {
    if (requests.length * values.size > most) return undefined;
    requests = requests.flatMap((carried) =>
      [...values].map((value) => (value === undefined ? carried : [...carried, { ...field, value }])),
    );
  }
  return requests.map(requestOf);
}

/** The draws that a config can tell apart: one for each version that owns a slot. */
export function everyDraw(config: AliasConfig): readonly number[] {
  let until = 0;
  return layout(config).flatMap(([, slots]) => (slots === 0 ? [] : [((until += slots) - 0.5) / 10_000]));
}

interface Carried extends StickyKeyConfig {
  readonly value: string;
}

/** A request that carries these values, or as much of them as its form has room for. */
function requestOf(carried: readonly Carried[]): Readable {
  const of = (type: string): readonly Carried[] => carried.filter(({ rule_type }) => rule_type === type);
  const line = of("header").filter(({ param }) => param.startsWith(":"));
  const part = (name: string): string | undefined => line.find(({ param }) => param === name)?.value;
  const rest = of("header").find(({ param }) => param === "cookie")?.value;
  const pairs = of("cookie").map(({ param, value }) => `${param}=${value}`);
  const cookies = rest === undefined ? pairs : rest === "other" ? [...pairs, rest] : [rest];
  const query = of("query").map(({ param, value }) => `${encode(param)}=${encode(value)}`);
  const [path, method, authority] = [part(":path"), part(":method"), part(":authority")];
  const url = path === undefined && query.length === 0 ? undefined : `${path ?? ""}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  return {
    headers: Object.fromEntries([
      ...of("header").flatMap((field) => (line.includes(field) || field.param === "cookie" ? [] : [[field.param, field.value]])),
      ...(cookies.length === 0 ? [] : [["cookie", cookies.join("; ")]]),
      ...(authority === undefined ? [] : [[":authority", authority]]),
    ]) as object,
    attributes: Object.fromEntries(of("attribute").map(({ param, value }) => [param, value])),
    ...(url !== undefined && { url }),
    ...(method !== undefined && { method }),
  };
}

/** A lone surrogate has no encoding, so it goes as it is. */
function encode(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text : encodeURIComponent(text);
}
