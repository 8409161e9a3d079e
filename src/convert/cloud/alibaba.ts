import { pointer, type Pointer, shown } from "../../document/index.ts";
import type { AliasConfig, RuleConfig, StrategyConfig } from "../../alias/index.ts";
import { fieldName } from "../../request/index.ts";
import type { Match, Plan } from "../../plan/index.ts";
import type { Document } from "../documents.ts";
import type { Target, Written } from "../format.ts";
import { isFields, type Reading, type Source, weightOf } from "../reading.ts";
import { refuseStickiness, Refusals } from "../refusals.ts";
import { destinationsOf } from "../routes.ts";

/** An alias of Alibaba Cloud Function Compute 2: weights drawn at random, or one policy of conditions, for one other version. */
export const alibaba: Target & Source = {
  name: "alibaba",
  says: "Alibaba Cloud Function Compute 2: an alias",
  standalone: false,
  isOne: (document) => "versionId" in document || "additionalVersionWeight" in document || "routePolicy" in document,
  read,
  write,
};

const KEYS = [
  "aliasName",
  "versionId",
  "description",
  "additionalVersionWeight",
  "resolvePolicy",
  "routePolicy",
  "createdTime",
  "lastModifiedTime",
];

/** The types of an item, and what stands for them here. */
const TYPES: Readonly<Record<string, string>> = { Header: "Header", Cookie: "Cookie", Param: "Query" };

function read({ value, at: top }: Document, reading: Reading): AliasConfig | undefined {
  const fields = reading.fields(value, top, KEYS);
  const version = reading.text(fields["versionId"], `${top}/versionId`);
  if (version === undefined) return reading.refuse(`${top}/versionId`, "primary", "there is no version", "write `versionId`");
  reading.keeps(`${top}/versionId`, "primary");
  const name = reading.text(fields["aliasName"], `${top}/aliasName`);
  const description = reading.text(fields["description"], `${top}/description`);
  const base = { ...(name !== undefined && { name }), version, ...(description !== undefined && description !== "" && { description }) };
  const weights = fields["additionalVersionWeight"];
  const others = weights === undefined ? [] : isFields(weights) ? Object.entries(weights) : [];
  if (weights !== undefined && !isFields(weights))
    reading.refuse(`${top}/additionalVersionWeight`, "weights", "expected an object", "write versions with their weights");
  const policy = reading.text(fields["resolvePolicy"], `${top}/resolvePolicy`) ?? "Random";
  switch (policy) {
    case "Random": {
      if (fields["routePolicy"] !== undefined)
        reading.refuse(
          `${top}/routePolicy`,
          "routePolicy",
          "the policy is not used where `resolvePolicy` is not `Content`",
          "take one of them out",
        );
      const percents = others.flatMap(([other, weight]) => {
        const percent = weightOf(weight, other, pointer(`${top}/additionalVersionWeight`, other), reading);
        return percent === undefined ? [] : [[other, percent] as const];
      });
      return { ...base, ...(percents.length > 0 && { additional_version_weights: Object.fromEntries(percents) }) };
    }
    case "Content": {
      const [other, second] = others;
      if (other === undefined || second !== undefined)
        return reading.refuse(
          `${top}/additionalVersionWeight`,
          "policy",
          "a policy is for one additional version",
          "name that version in `additionalVersionWeight`",
        );
      const strategy = strategyOf(fields["routePolicy"], `${top}/routePolicy`, reading);
      return strategy && { ...base, additional_version_strategy: { [other[0]]: strategy } };
    }
    default:
      return reading.refuse(`${top}/resolvePolicy`, "resolvePolicy", `${shown(policy)} is no policy`, "`Random` or `Content`");
  }
}

function strategyOf(value: unknown, place: Pointer, reading: Reading): StrategyConfig | undefined {
  const { condition, policyItems } = reading.fields(value, `${place}`, ["condition", "policyItems"]) as Readonly<Record<string, unknown>>;
  const items = reading.items(policyItems, `${place}/policyItems`);
  const rules = items.flatMap(([item, at]) => ruleOf(item, at, reading) ?? []);
  if (rules.length === 0 || rules.length < items.length)
    return items.length > 0 ? undefined : reading.refuse(`${place}/policyItems`, "policy", "there are no items", "write items");
  const combine = reading.text(condition, `${place}/condition`)?.toUpperCase();
  if (rules.length === 1) return { rules };
  if (combine !== "AND" && combine !== "OR")
    return reading.refuse(`${place}/condition`, "condition", `${shown(String(condition))} is no condition`, "`AND` or `OR`");
  return { combine_type: combine === "AND" ? "and" : "or", rules };
}

function ruleOf(item: unknown, at: Pointer, reading: Reading): RuleConfig | undefined {
  const fields = reading.fields(item, at, ["type", "key", "value", "operator"]);
  const [type, key, value, operator] = ["type", "key", "value", "operator"].map((name) => reading.text(fields[name], `${at}/${name}`));
  const rule_type = TYPES[type ?? ""];
  if (rule_type === undefined)
    return reading.refuse(`${at}/type`, "type", `${shown(type ?? "")} is no type`, "`Header`, `Cookie` or `Param`");
  if (operator === "in") {
    const why = "`in` is said to be string inclusion, and it is not documented whether of one text in another or of an item in a list";
    return reading.refuse(`${at}/operator`, "operator in", why, "write an item with `=` for each value, under the condition `OR`");
  }
  if (operator !== "=") {
    const why = `${shown(operator ?? "")} compares in a way that an alias has not`;
    return reading.refuse(`${at}/operator`, `operator ${operator ?? ""}`, why, "only `=` can be converted");
  }
  if (key === undefined || value === undefined || value === "")
    return reading.refuse(at, "item", "an item without a key or a value", "write `key` and `value`");
  reading.keeps(at, `${rule_type.toLowerCase()} ${key}`);
  return { rule_type, param: key, op: "=", value };
}

function write(plan: Plan): Written {
  const refusals = new Refusals();
  refuseStickiness(plan, refusals, "Function Compute", ", or keep the split in front of the service");
  const [primary = ""] = plan.versions;
  const others = destinationsOf(plan).filter(({ version }) => version !== primary);
  const { rules } = plan;
  const [rule, second] = rules;
  if (second !== undefined)
    refusals.add("/additional_version_strategy", "strategies", "Function Compute has one policy", "keep one strategy");
  if (rule !== undefined && others.length > 0)
    refusals.add("/additional_version_weights", "split", "Function Compute has weights or a policy, not both", "take one of them out");
  if (others.length > 1)
    refusals.add("/additional_version_weights", "split", "Function Compute has one additional version", "split between two versions");
  const head = { ...(plan.name !== undefined && { aliasName: plan.name }), versionId: primary };
  if (rule === undefined) {
    const weights = Object.fromEntries(others.map(({ version, weight }) => [version, weight / 10_000]));
    const alias = { ...head, ...(others.length > 0 && { additionalVersionWeight: weights, resolvePolicy: "Random" }) };
    return { text: `${JSON.stringify(alias, null, 2)}\n`, refused: refusals.all };
  }
  const { kind, matches } = rule.test;
  const policyItems = matches.flatMap((match) => itemsOf(match, kind === "any" || matches.length === 1, refusals));
  const isOr = kind === "any" || (matches.length === 1 && policyItems.length > 1);
  const version = plan.outcomes[rule.outcome]?.version ?? "";
  if (version === primary)
    refusals.add(
      `/additional_version_strategy/${version}`,
      "strategy",
      "a policy cannot name the primary version",
      "keep the rule in front of the service",
    );
  const alias = {
    ...head,
    additionalVersionWeight: { [version]: 0 },
    resolvePolicy: "Content",
    routePolicy: { condition: isOr ? "OR" : "AND", policyItems },
  };
  return { text: `${JSON.stringify(alias, null, 2)}\n`, refused: refusals.all };
}

/** An item for each value: `in` of the service may mean something else. */
function itemsOf({ field, values, at }: Match, isOr: boolean, refusals: Refusals): readonly object[] {
  const type = { header: "Header", cookie: "Cookie", query: "Param" }[field.kind as string];
  if (type === undefined || !("name" in field)) {
    refusals.add(
      at,
      fieldName(field),
      "Function Compute looks at headers, cookies and parameters only",
      "keep the rule in front of the service",
    );
    return [];
  }
  if (values.length > 1 && !isOr) refusals.add(at, fieldName(field), "a list within `and` cannot be said", "make a strategy of each value");
  return values.map((value) => ({ type, key: field.name, value, operator: "=" }));
}
