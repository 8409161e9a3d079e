import { type Pointer, shown } from "../../document/index.ts";
import type { AliasConfig, RuleConfig, StrategyConfig } from "../../alias/index.ts";
import { fieldName } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { Document } from "../documents.ts";
import type { Target, Written } from "../format.ts";
import { isFields, type Reading, type Source, weightOf } from "../reading.ts";
import { refuseStickiness, Refusals } from "../refusals.ts";
import { destinationsOf } from "../routes.ts";

/** An alias of Tencent Cloud SCF. The key of matches is misspelt in the API itself. */
export const tencent: Target & Source = {
  name: "tencent",
  says: "Tencent Cloud SCF: an alias with its routing config",
  standalone: false,
  isOne: (document) => "FunctionVersion" in document && hasList(document["RoutingConfig"]),
  read,
  write,
};

const MATCHES = "AddtionVersionMatchs";

function hasList(routing: unknown): boolean {
  return isFields(routing) && (Array.isArray(routing["AdditionalVersionWeights"]) || MATCHES in routing);
}

const KEYS = ["FunctionName", "FunctionVersion", "Name", "Namespace", "Description", "RoutingConfig", "AddTime", "ModTime", "RequestId"];

/** The name of a header behind this is a key of `RoutingKey`. */
const HEADER = "invoke.headers.";

function read({ value, at: top }: Document, reading: Reading): AliasConfig | undefined {
  const fields = reading.fields(value, top, KEYS);
  const version = reading.text(fields["FunctionVersion"], `${top}/FunctionVersion`);
  if (version === undefined) return reading.refuse(`${top}/FunctionVersion`, "primary", "there is no version", "write `FunctionVersion`");
  reading.keeps(`${top}/FunctionVersion`, "primary");
  const routing =
    fields["RoutingConfig"] === undefined
      ? {}
      : reading.fields(fields["RoutingConfig"], `${top}/RoutingConfig`, ["AdditionalVersionWeights", MATCHES]);
  const weights = reading
    .items(routing["AdditionalVersionWeights"], `${top}/RoutingConfig/AdditionalVersionWeights`)
    .flatMap(([item, at]) => {
      const { Version, Weight } = reading.fields(item, at, ["Version", "Weight"]) as Readonly<Record<string, unknown>>;
      const other = reading.text(Version, `${at}/Version`);
      const percent = other === undefined ? undefined : weightOf(Weight, other, `${at}/Weight`, reading);
      return other === undefined || percent === undefined ? [] : [[other, percent] as const];
    });
  const rules = new Map<string, RuleConfig[]>();
  for (const [item, at] of reading.items(routing[MATCHES], `${top}/RoutingConfig/${MATCHES}`)) {
    const read = matchOf(item, at, reading);
    if (read !== undefined) rules.set(read.version, [...(rules.get(read.version) ?? []), read.rule]);
  }
  if (rules.size > 0 && weights.length > 0) {
    const why = "it is not documented whether matches or weights come first; here the matches do";
    reading.refuse(`${top}/RoutingConfig/${MATCHES}`, "matches and weights", why, "convert one of them");
  }
  const strategies = [...rules].map(([other, some]): readonly [string, StrategyConfig] => [
    other,
    some.length === 1 ? { rules: some } : { combine_type: "or", rules: some },
  ]);
  const name = reading.text(fields["Name"], `${top}/Name`);
  return {
    ...(name !== undefined && { name: name === "$DEFAULT" ? "default" : name }),
    version,
    ...(weights.length > 0 && { additional_version_weights: Object.fromEntries(weights) }),
    ...(strategies.length > 0 && { additional_version_strategy: Object.fromEntries(strategies) }),
  };
}

function matchOf(item: unknown, at: Pointer, reading: Reading): { readonly version: string; readonly rule: RuleConfig } | undefined {
  const fields = reading.fields(item, at, ["Version", "Key", "Method", "Expression"]);
  const [version, key, method, expression] = ["Version", "Key", "Method", "Expression"].map((name) =>
    reading.text(fields[name], `${at}/${name}`),
  );
  if (method !== "exact")
    return reading.refuse(
      `${at}/Method`,
      `method ${method ?? ""}`,
      `${shown(method ?? "")} compares ranges, which an alias has not`,
      "only `exact` can be converted",
    );
  if (key === undefined || !key.startsWith(HEADER))
    return reading.refuse(`${at}/Key`, "key", `${shown(key ?? "")} is no header`, "write `invoke.headers.NAME`");
  if (version === undefined || expression === undefined || expression === "")
    return reading.refuse(at, "match", "a match without a version or an expression", "write both");
  const name = key.slice(HEADER.length);
  reading.keeps(at, `header ${name}`);
  return { version, rule: { rule_type: "Header", param: name, op: "=", value: expression } };
}

function write(plan: Plan): Written {
  const refusals = new Refusals();
  refuseStickiness(plan, refusals, "Tencent SCF", ", or keep the split in front of the service");
  const [primary = ""] = plan.versions;
  const others = destinationsOf(plan).filter(({ version }) => version !== primary);
  const matches = plan.rules.flatMap(({ test, outcome }) => {
    if (test.kind === "all" && test.matches.length > 1)
      refusals.add(
        test.matches[0]?.at ?? "",
        "and",
        "every match of Tencent SCF is enough by itself",
        "keep the rule in front of the service",
      );
    return test.matches.flatMap(({ field, values, at }) => {
      if (field.kind !== "header") {
        refusals.add(at, fieldName(field), "Tencent SCF looks at headers only", "keep the rule in front of the service");
        return [];
      }
      return values.map((value) => ({
        Version: plan.outcomes[outcome]?.version ?? "",
        Key: `${HEADER}${field.name}`,
        Method: "exact",
        Expression: value,
      }));
    });
  });
  if (plan.rules.length > 1)
    refusals.add(
      "/additional_version_strategy",
      "strategies",
      "the order of the matches of Tencent SCF is not documented",
      "keep one strategy",
    );
  if (matches.length > 0 && others.length > 0)
    refusals.add(
      "/additional_version_weights",
      "split",
      "it is not documented whether matches or weights of Tencent SCF come first",
      "take one of them out",
    );
  const routing = {
    ...(others.length > 0 && {
      AdditionalVersionWeights: others.map(({ version, weight }) => ({ Version: version, Weight: weight / 10_000 })),
    }),
    ...(matches.length > 0 && { [MATCHES]: matches }),
  };
  const alias = { ...(plan.name !== undefined && { Name: plan.name }), FunctionVersion: primary, RoutingConfig: routing };
  return { text: `${JSON.stringify(alias, null, 2)}\n`, refused: refusals.all };
}
