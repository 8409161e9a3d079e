/**
 * Registers the matchers of `RouteMatchers`, such as `toRoute` and `toAlwaysRoute`, with Jest, and declares their types, for the global `expect`
 * of `@types/jest` and for that of `@jest/globals`. Import it in a test or in `setupFilesAfterEnv`; it throws where there is no global `expect`.
 */
import { matchers, type RouteMatchers } from "./matchers.ts";

declare global {
  namespace jest {
    interface Matchers<R, T = {}> extends RouteMatchers<R> {}
  }
}

// A project may have no package of that name where the compiler looks for it; the types of `@jest/globals` are then left as they are.
/** @ts-ignore the types of `expect` from `@jest/globals` */
declare module "expect" {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends RouteMatchers<R> {}
}

/** Jest's own `expect`, which it puts into the scope of every test. */
interface JestScope {
  readonly expect?: { readonly extend: (matchers: object) => void };
}

const { expect } = globalThis as JestScope;
if (expect === undefined)
  throw new Error("there is no global `expect`: import `canary-router/testing/jest` in a Jest test or in `setupFilesAfterEnv`");
expect.extend(matchers);
