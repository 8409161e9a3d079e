import { type Field, fieldName } from "../../request/index.ts";
import type { Plan, Test } from "../../plan/index.ts";
import { runsOf } from "../../plan/index.ts";
import { AT_RANDOM, libraryModel } from "../decide.ts";
import type { Target, Written } from "../format.ts";
import { Refusals } from "../refusals.ts";

/**
 * flagd: a flag whose variants are the versions. Its evaluation has what a host puts into the context: `header.x-user`, `cookie.beta`,
 * `query.preview`, and attributes by their names. Its fractions hash the flag's key and the targeting key as this library does.
 */
export const flagd: Target = {
  name: "flagd",
  says: "flagd: a flag with a variant for each version",
  standalone: false,
  write,
};

function write(plan: Plan): Written {
  const refusals = new Refusals();
  const { split, rules, versions } = plan;
  const key = plan.split.kind === "arms" ? (plan.split.sticky?.seed ?? plan.name ?? "alias") : (plan.name ?? "alias");
  const [primary = ""] = versions;
  if (split.kind === "arms") {
    const { sticky } = split;
    if (sticky === undefined)
      refusals.add("/additional_version_weights", "split", "flagd draws by a key, and not at random", "add `stickiness`");
    else {
      if (sticky.hash !== "murmur3") refusals.add("/stickiness/hash", `hash ${sticky.hash}`, "flagd hashes by murmur3", "leave `hash` out");
      if (sticky.missing === "random")
        refusals.add("/stickiness/on_missing", "no sticky key", "flagd does not draw at random", "write `primary`");
      const [, second] = sticky.keys;
      if (second !== undefined) refusals.add(second.at, `sticky key ${fieldName(second.field)}`, "flagd has one key", "keep one key");
    }
  }
  const rest = split.kind === "fixed" ? (plan.outcomes[split.outcome]?.version ?? primary) : fractionOf(plan);
  const targeting = rules.toReversed().reduce<unknown>((otherwise, { test, outcome }) => {
    return { if: [conditionOf(test), plan.outcomes[outcome]?.version ?? "", otherwise] };
  }, rest);
  const flag = {
    flags: {
      [key]: {
        state: "ENABLED",
        variants: Object.fromEntries(versions.map((version) => [version, version])),
        defaultVariant: primary,
        ...(typeof targeting === "object" && { targeting }),
      },
    },
  };
  return { text: `${JSON.stringify(flag, null, 2)}\n`, refused: refusals.all, model: libraryModel(plan) };
}

/** The name under which a field is in the context. */
function pathOf(field: Field): string {
  switch (field.kind) {
    case "header":
    case "cookie":
    case "query":
      return `${field.kind}.${field.name}`;
    case "attribute":
      return field.name;
    case "path":
    case "method":
    case "authority":
      return field.kind;
  }
}

/** Values are always a list: within a text, `in` looks for a part. */
function conditionOf({ kind, matches }: Test): unknown {
  const each = matches.map(({ field, values }) => ({ in: [{ var: pathOf(field) }, values] }));
  return each.length === 1 ? each[0] : { [kind === "all" ? "and" : "or"]: each };
}

/** Regions in the order of slots. Without the key, the fraction is null, and the default variant is the primary. */
function fractionOf(plan: Plan): unknown {
  const { split } = plan;
  const field = split.kind === "arms" ? split.sticky?.keys[0]?.field : undefined;
  const runs = runsOf(plan);
  const regions = runs.map(({ until, version }, index) => [version, until - (runs[index - 1]?.until ?? 0)]);
  if (field === undefined) return AT_RANDOM;
  const path = { var: pathOf(field) };
  return { if: [path, { fractional: [{ cat: [{ var: "$flagd.flagKey" }, path] }, ...regions] }, plan.versions[0]] };
}
