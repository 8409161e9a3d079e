import { pointer, type Pointer, shown } from "../../document/index.ts";
import { type Field, fieldName } from "../../request/index.ts";
import type { AliasConfig, RuleConfig, StrategyConfig } from "../../alias/index.ts";
import type { Plan } from "../../plan/index.ts";
import { libraryModel, type Model } from "../decide.ts";
import { type Document, isKind, titleOf } from "../documents.ts";
import type { Target, Written } from "../format.ts";
import { type Fields, isFields, type Reading, type Source } from "../reading.ts";
import { refuseStickiness, Refusals } from "../refusals.ts";
import { destinationsOf } from "../routes.ts";
import { linesOf, readByNode, type WireRequest } from "../wire.ts";

/**
 * A canary Ingress of ingress-nginx, by its annotations. What the controller does is read of its source: a header decides first, then a
 * cookie, then the weight; `always` takes the canary and `never` the primary, but where a value or a pattern is given.
 */
export const ingressNginx: Target & Source = {
  name: "ingress-nginx",
  says: "ingress-nginx: a canary Ingress with its annotations",
  standalone: false,
  isOne: (document) => isCanary(document, NGINX),
  isBeside: isIngress,
  read: (document, reading, beside) => read(document, reading, beside, "nginx"),
  write,
  beside: ({ versions: [primary = ""] }) => [
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      spec: { defaultBackend: { service: { name: primary, port: { number: 80 } } } },
    },
  ],
};

/** The same annotations as Higress and MSE read them, which is otherwise: the weight is ignored beside a header or a cookie. */
export const higress: Source = {
  name: "higress",
  says: "Higress and MSE: a canary Ingress, whose annotations mean something else there",
  isOne: (document) => isCanary(document, HIGRESS) || isCanary(document, NGINX),
  isBeside: isIngress,
  read: (document, reading, beside) => read(document, reading, beside, "higress"),
};

const NGINX = "nginx.ingress.kubernetes.io/";
const HIGRESS = "higress.io/";

const CANARY = [
  "canary",
  "canary-by-header",
  "canary-by-header-value",
  "canary-by-header-pattern",
  "canary-by-cookie",
  "canary-weight",
  "canary-weight-total",
];

function isIngress(document: Fields): boolean {
  return isKind(document, "networking.k8s.io/", "Ingress");
}

function annotationsOf(value: Fields): Fields {
  const metadata = value["metadata"];
  return isFields(metadata) && isFields(metadata["annotations"]) ? metadata["annotations"] : {};
}

function isCanary(document: Fields, prefix: string): boolean {
  return isIngress(document) && Object.keys(annotationsOf(document)).some((key) => key.startsWith(`${prefix}canary`));
}

function read(
  { value: canary, at }: Document,
  reading: Reading,
  [main, second]: readonly Document[],
  flavour: "nginx" | "higress",
): AliasConfig | undefined {
  const prefixes = flavour === "higress" ? [HIGRESS, NGINX] : [NGINX];
  if (second !== undefined)
    return reading.refuse(second.at, titleOf(second.value), "a second Ingress that is no canary", "give the one of the primary alone");
  const version = serviceOf(canary) ?? "canary";
  const primary = (main && serviceOf(main.value)) ?? (version === "primary" ? "stable" : "primary");
  const place = `${at}/metadata/annotations`;
  const annotations = annotationsIn(canary, prefixes, place, reading);
  if (annotations.get("canary")?.text !== "true")
    return reading.refuse(
      `${place}`,
      "canary",
      "the annotation `canary` is not `true`, so the controller takes the Ingress for another primary",
      "write `true`",
    );
  reading.note(`${at}/spec`, titleOf(canary), "its hosts and paths are left to the router");
  return aliasOf(annotations, { primary, version, place, flavour }, reading);
}

interface Annotation {
  readonly text: string;
  readonly at: Pointer;
}

type Annotations = ReadonlyMap<string, Annotation>;

function annotationsIn(canary: Fields, prefixes: readonly string[], place: Pointer, reading: Reading): Annotations {
  const found = new Map<string, Annotation>();
  for (const [key, value] of Object.entries(annotationsOf(canary))) {
    const prefix = prefixes.find((each) => key.startsWith(each));
    const name = prefix === undefined ? "" : key.slice(prefix.length);
    const at = pointer(place, key);
    if (!name.startsWith("canary")) {
      if (prefix !== undefined) reading.note(at, `annotation ${name}`, "it chooses no version, and is left out");
      continue;
    }
    const text = reading.text(value, at);
    if (!CANARY.includes(name)) {
      const help =
        name === "canary-by-cookie-value"
          ? "a cookie is compared with `always` and `never` alone: set it to `always`"
          : `the annotations are ${CANARY.join(", ")}`;
      reading.refuse(at, `annotation ${name}`, `there is no annotation ${shown(name)}, and the controller ignores it`, help);
    } else if (text !== undefined) found.set(name, { text, at });
  }
  return found;
}

/** The one service that an Ingress leads to. */
function serviceOf({ spec }: Fields): string | undefined {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isFields(value)) {
      const { service, serviceName } = value as { readonly service?: unknown; readonly serviceName?: unknown };
      if (isFields(service) && typeof service["name"] === "string") names.add(service["name"]);
      else if (typeof serviceName === "string") names.add(serviceName);
      else Object.values(value).forEach(visit);
    }
  };
  visit(spec);
  return names.size === 1 ? [...names][0] : undefined;
}

interface Canary {
  readonly primary: string;
  readonly version: string;
  readonly place: Pointer;
  readonly flavour: "nginx" | "higress";
}

function aliasOf(annotations: Annotations, { primary, version, place, flavour }: Canary, reading: Reading): AliasConfig | undefined {
  const text = (name: string): string | undefined => annotations.get(name)?.text;
  const at = (name: string): Pointer => annotations.get(name)?.at ?? place;
  const keep = (name: string): void => reading.keeps(at(name), `annotation ${name}`);
  const [header, value, pattern, cookie] = ["by-header", "by-header-value", "by-header-pattern", "by-cookie"].map((name) =>
    text(`canary-${name}`),
  );
  const rules: RuleConfig[] = [];
  const never: RuleConfig[] = [];
  const rule = (rule_type: string, param: string, each: string, op: "=" | "in" = "="): RuleConfig => ({
    rule_type,
    param,
    op,
    value: each,
  });

  if (header === undefined && (value ?? pattern) !== undefined) {
    reading.refuse(place, "header", "a value or a pattern without `canary-by-header` does nothing", "name the header, or take it out");
  }
  if (header !== undefined) {
    keep("canary-by-header");
    if (value !== undefined && value !== "") {
      keep("canary-by-header-value");
      rules.push(rule("Header", header, value));
      if (flavour === "higress") rules.push(rule("Header", header, "always"));
      if (pattern !== undefined)
        reading.refuse(at("canary-by-header-pattern"), "pattern", "the pattern is ignored beside a value", "take it out");
    } else if (pattern !== undefined && pattern !== "") {
      const items = itemsOf(pattern);
      if (items === undefined || flavour === "higress") {
        const why =
          flavour === "higress"
            ? "Higress looks for the pattern anywhere in the value"
            : `the pattern ${shown(pattern)} is found anywhere in a value unless it has \`^\` and \`$\`, and an alias compares whole values`;
        reading.refuse(at("canary-by-header-pattern"), "pattern", why, "write `^(a|b)$`, or take a value");
      } else {
        keep("canary-by-header-pattern");
        rules.push(items.length === 1 ? rule("Header", header, items[0] ?? "") : rule("Header", header, items.join(","), "in"));
      }
    } else {
      rules.push(rule("Header", header, "always"));
      if (flavour === "nginx") never.push(rule("Header", header, "never"));
    }
  }
  if (cookie !== undefined) {
    keep("canary-by-cookie");
    rules.push(rule("Cookie", cookie, "always"));
    if (flavour === "nginx") never.push(rule("Cookie", cookie, "never"));
  }
  if (never.length > 1) {
    // One strategy a version: `never` of both comes ahead of `always` of both, or behind it.
    const request = {
      method: "GET",
      target: "/",
      headers: [
        [header ?? "", "always"],
        ["cookie", `${cookie ?? ""}=never`],
      ] as const,
    };
    reading.lossy.push({
      at: at("canary-by-cookie"),
      construct: "cookie never",
      why: "a header `always` and a cookie `never`",
      example: { request, alias: primary, other: version },
    });
  }
  const percent = weightOf(annotations, flavour, rules.length > 0, at, reading);
  const strategy = (some: readonly RuleConfig[]): StrategyConfig =>
    some.length === 1 ? { rules: some } : { combine_type: "or", rules: some };
  const strategies = { ...(never.length > 0 && { [primary]: strategy(never) }), ...(rules.length > 0 && { [version]: strategy(rules) }) };
  return {
    version: primary,
    ...(rules.length > 0 && { additional_version_strategy: strategies }),
    ...(percent !== undefined && { additional_version_weights: { [version]: percent } }),
    ...(never.length > 0 && { additional_version_order: [primary, version] }),
  };
}

function weightOf(
  annotations: Annotations,
  flavour: Canary["flavour"],
  hasRules: boolean,
  at: (name: string) => Pointer,
  reading: Reading,
): number | undefined {
  const weight = reading.number(annotations.get("canary-weight")?.text, at("canary-weight"));
  const given = reading.number(annotations.get("canary-weight-total")?.text, at("canary-weight-total"));
  if (weight === undefined) return undefined;
  if (flavour === "higress" && hasRules)
    return reading.refuse(at("canary-weight"), "weight", "Higress ignores the weight beside a header or a cookie", "take it out");
  const told = (alias: number, other: string, why: string): void =>
    void reading.lossy.push({
      at: at("canary-weight-total"),
      construct: "weight",
      why,
      example: { request: { method: "GET", target: "/", headers: [] }, alias: `the canary for ${alias} %`, other },
    });
  // The controller takes a total only where it is 100 or more.
  const ignored = flavour === "nginx" && given !== undefined && given < 100;
  const total = given === undefined || ignored ? 100 : given;
  if (total === 0) return reading.refuse(at("canary-weight-total"), "weight", "the total is 0", "write a total above 0");
  if (weight > total)
    return reading.refuse(at("canary-weight"), "weight", `the weight ${weight} is more than the total ${total}`, "write a smaller one");
  const exact = (100 * weight) / total;
  const percent = Math.round(exact * 100) / 100;
  if (ignored)
    told(
      percent,
      `the canary for ${(100 * weight) / given} %, if the total counted`,
      "a total below 100, which the controller ignores: it is read as 100",
    );
  else if (Math.abs(percent - exact) > 1e-9) told(percent, `the canary for ${exact} %`, "a share that is no step of 0.01 %");
  else reading.keeps(at("canary-weight"), "weight");
  return percent;
}

/** The values of a pattern that is a list of whole values, `^(a|b)$`; undefined for another one. */
function itemsOf(pattern: string): readonly string[] | undefined {
  const [, list, one] = /^\^(?:\((?:\?:)?([^()]*)\)|([^()|]*))\$$/.exec(pattern) ?? [];
  const items = (list ?? one)?.split("|");
  if (items === undefined) return undefined;
  const plain = items.map((item) => item.replaceAll(/\\([^0-9A-Za-z])/g, "$1"));
  const isLiteral = items.every(
    (item) => item !== "" && !/[[\]{}*+?.^$]/.test(item.replaceAll(/\\[^0-9A-Za-z]/g, "")) && !/\\[0-9A-Za-z]/.test(item),
  );
  return isLiteral && plain.every((item) => !item.includes(",") && item.trim() === item) ? plain : undefined;
}

function write(plan: Plan): Written {
  const refusals = new Refusals();
  const { split, rules } = plan;
  const [primary = "", version = primary, another] = plan.versions;
  if (another !== undefined) refusals.add("/version", "versions", "ingress-nginx has one canary", "keep two versions");
  refuseStickiness(plan, refusals, "ingress-nginx", "");
  const [rule, second] = rules;
  if (second !== undefined) refusals.add("/additional_version_strategy", "strategies", "ingress-nginx has one canary", "keep one strategy");
  const annotations: Record<string, string> = { canary: "true" };
  if (rule !== undefined) {
    if (plan.outcomes[rule.outcome]?.version !== version)
      refusals.add("/additional_version_strategy", "strategy", "a canary cannot name the primary", "keep that rule in front of it");
    const { kind, matches } = rule.test;
    if (kind === "all" && matches.length > 1)
      refusals.add(matches[0]?.at ?? "", "and", "a header or a cookie is enough by itself", "keep one rule");
    for (const { field, values, at } of matches) {
      if (field.kind === "header" && annotations["canary-by-header"] === undefined) {
        annotations["canary-by-header"] = field.name;
        const [only = "", other] = values;
        if (other === undefined) annotations["canary-by-header-value"] = only;
        else
          annotations["canary-by-header-pattern"] = `^(?:${values.map((value) => value.replaceAll(/[^0-9A-Za-z_-]/g, "\\$&")).join("|")})$`;
        if (/_/.test(field.name)) refusals.add(at, fieldName(field), "nginx drops headers with `_` in their names", "rename the header");
      } else if (field.kind === "cookie" && annotations["canary-by-cookie"] === undefined && values.length === 1 && values[0] === "always")
        annotations["canary-by-cookie"] = field.name;
      else if (field.kind === "cookie")
        refusals.add(at, fieldName(field), "a cookie is compared with `always` alone", "set the cookie to `always`");
      else refusals.add(at, fieldName(field), "ingress-nginx has one header and one cookie", "keep one rule of each");
    }
    // A cookie `never` would take the primary ahead of the weight, which the alias does not say.
    if (annotations["canary-by-cookie"] !== undefined && split.kind === "arms")
      refusals.add(
        "/additional_version_weights",
        "split",
        "a cookie `never` takes the primary ahead of the weight",
        "take the cookie or the weight out",
      );
  }
  const share = destinationsOf(plan).find((each) => each.version === version && version !== primary)?.weight ?? 0;
  if (share > 0) {
    annotations["canary-weight"] = String(share);
    annotations["canary-weight-total"] = "10000";
  }
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name: `${nameOf(plan.name ?? "alias")}-canary`,
      annotations: Object.fromEntries(Object.entries(annotations).map(([key, text]) => [`${NGINX}${key}`, text])),
    },
    spec: {
      ingressClassName: "nginx",
      rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: version, port: { number: 80 } } } }] } }],
    },
  };
  return { text: `${JSON.stringify(ingress, null, 2)}\n`, refused: refusals.all, model: modelOf(plan) };
}

/** What nginx sees: the first of a repeated header, and cookies whose names differ in the case of letters. */
function modelOf(plan: Plan): Model {
  const read = (field: Field, request: WireRequest): string | undefined => {
    if (field.kind === "header") return linesOf(request, field.name)[0];
    if (field.kind !== "cookie") return readByNode(field, request);
    for (const pair of linesOf(request, "cookie").join("; ").split(";")) {
      const [name = "", ...value] = pair.trimStart().split("=");
      if (value.length > 0 && name.toLowerCase() === field.name.toLowerCase()) return value.join("=");
    }
    return undefined;
  };
  return { ...libraryModel(plan), read };
}

/** A name of Kubernetes. */
function nameOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
}
