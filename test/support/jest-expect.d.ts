/** What `expect` 30.5.2, from which `@jest/globals` has its `expect`, says of matchers, as far as another package adds to it. */
export interface Matchers<R extends void | Promise<void>, T = unknown> {
  toBe(expected: unknown): R;
  readonly not: Matchers<R, T>;
}
export declare const expect: <T = unknown>(actual: T) => Matchers<void, T>;
