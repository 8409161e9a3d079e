import { type Diagnostic, nearest } from "../alias/surface.ts";
import type { Valued } from "./declaration.ts";
import { Refusal } from "./terminal/host.ts";

/** The options of commands that can fail for what is allowed: `--strict`, and the codes that it lets pass. */
export const STRICT: Readonly<{ ignore: Valued & { readonly multiple: true } }> = {
  ignore: {
    type: "string",
    value: "CODE",
    multiple: true,
    description: "a code that --strict lets pass; what has it is still printed, and an error stays an error",
  },
};

/** Whether what is not an error fails: with `--strict`, unless each finding has a code that is ignored. */
export async function strictness(strict: boolean, ignore: readonly string[]): Promise<(found: readonly Diagnostic[]) => boolean> {
  if (ignore.length > 0) await checkCodes(strict, ignore);
  return (found) => strict && found.some(({ code }) => !ignore.includes(code));
}

async function checkCodes(strict: boolean, ignore: readonly string[]): Promise<void> {
  if (!strict) throw new Refusal("`--ignore` without `--strict` does nothing", "add `--strict`, or leave out `--ignore`");
  const { CODES } = await import("../index.ts");
  for (const code of ignore) {
    if ((CODES as readonly string[]).includes(code)) continue;
    const near = nearest(code, CODES);
    throw new Refusal(
      `\`--ignore ${code}\`: there is no such code`,
      near === undefined ? "docs/diagnostics.md lists them" : `did you mean \`${near}\`?`,
    );
  }
}
