/**
 * Registers the matchers of `RouteMatchers`, such as `toRoute` and `toAlwaysRoute`, with Vitest, and declares their types. Import it in a test or in a
 * setup file. Vitest is a peer dependency.
 */
import { expect } from "vitest";
import { matchers, type RouteMatchers } from "./matchers.ts";

declare module "vitest" {
  // oxlint-disable-next-line typescript/no-explicit-any -- an interface merges only with the very same parameters
  interface Matchers<T = any> extends RouteMatchers<T> {}
}

expect.extend(matchers);
