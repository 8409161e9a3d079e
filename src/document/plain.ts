import type { Checked, Diagnostic, Pointer } from "./diagnostic.ts";
import { fail, type Input, readInput } from "./input.ts";

/** Reads plain data: all problems are collected, and returned with pointers. Never throws. */
export function readPlain<T>(value: unknown, read: (input: Input) => T | undefined): Checked<T> {
  return readInput(
    value,
    (input: Input) => {
      try {
        return read(input);
      } catch {
        return fail(
          input,
          "unreadable",
          "a part of it cannot be read: reading it throws",
          "give plain data, without getters or proxies that throw",
        );
      }
    },
    { state: undefined },
  );
}

/** Adds the diagnostics of another reader for the value at `at`. */
export function adopt({ reading: { diagnostics } }: Input, at: Pointer, told: readonly Diagnostic[]): void {
  diagnostics.push(...told.map((diagnostic) => ({ ...diagnostic, at: `${at}${diagnostic.at}` })));
}
