import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Certificate } from "../../src/index.ts";

/** The text of the program that checks certificates. */
export const CHECKER: string = readFileSync(new URL("../../docs/examples/check-certificate.mjs", import.meta.url), "utf8");

/** What the program prints of a certificate in a file. Throws where it ends with 1. */
export function checkFile(...paths: readonly string[]): string {
  return execFileSync(process.execPath, ["docs/examples/check-certificate.mjs", ...paths], { encoding: "utf8", stdio: "pipe" });
}

/** What the program says of a certificate; it is run in this process, for a process takes longer than the check. */
export function check(certificate: Certificate, ...aliases: readonly object[]): { readonly ok: boolean; readonly said: string } {
  const body = CHECKER.replaceAll(/^import .*;\n/gm, "");
  const files = [certificate, ...aliases].map((value) => JSON.stringify(value));
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  class Ended extends Error {}
  const process = {
    argv: ["node", "check-certificate.mjs", ...files.map((_, index) => String(index))],
    exit: () => {
      throw new Ended();
    },
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- the program as it stands, with other files
  const run = new Function("readFileSync", "isDeepStrictEqual", "process", "console", `"use strict"; ${body}`);
  try {
    run((name: string) => files[Number(name)], isDeepStrictEqual, process, { log: say, error: say });
    return { ok: true, said: said.join("\n") };
  } catch (error) {
    // What a certificate has in place of what should be there may throw, which ends the program with 1 too.
    if (!(error instanceof Ended)) say(String(error));
    return { ok: false, said: said.join("\n") };
  }
}
