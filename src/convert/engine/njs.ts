import type { Plan } from "../../plan/index.ts";
import { portableModule, type PortableTarget } from "../../route/index.ts";
import { libraryModel } from "../decide.ts";
import type { Target, Written } from "../format.ts";
import { refuseAttributes, Refusals } from "../refusals.ts";

/** The compiled alias as a module of njs: it decides as this library does, whatever the hash. */
export const njs: Target = {
  name: "njs",
  says: "a module of nginx's njs: `js_set $canary_version canary.version`",
  standalone: false,
  write: (plan) => write(plan, "njs"),
};

/** The compiled alias as a module of QuickJS, which takes requests as node gives them, attributes too. */
export const quickjs: Target = {
  name: "quickjs",
  says: "a JavaScript module for QuickJS and others without `URLSearchParams`",
  standalone: false,
  write: (plan) => write(plan, "quickjs"),
};

function write(plan: Plan, target: PortableTarget): Written {
  const refusals = new Refusals();
  if (target === "njs") refuseAttributes(plan, refusals);
  if (refusals.all.length > 0) return { text: "", refused: refusals.all };
  return { text: portableModule(plan, target), refused: [], model: libraryModel(plan) };
}
