import { fieldName } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { Refusals } from "../refusals.ts";

/** Refuses every rule, for services that have weights only. */
export function refuseRules({ rules }: Plan, refusals: Refusals, service: string): void {
  for (const { test } of rules)
    for (const { at, field } of test.matches)
      refusals.add(at, fieldName(field), `${service} has no rules`, "keep the rule in front of the service");
}

/** Refuses a sticky split, for services that draw at random. */
export function refuseStickiness({ split }: Plan, refusals: Refusals, service: string): void {
  if (split.kind === "arms" && split.sticky !== undefined)
    refusals.add(
      "/stickiness",
      "stickiness",
      `${service} draws each request at random`,
      "take `stickiness` out, or keep the split in front of the service",
    );
}
