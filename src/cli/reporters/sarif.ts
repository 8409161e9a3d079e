import { jsonOf } from "../../alias/surface.ts";
import type { Log, Notification, Result } from "sarif";
import { versionOfPackage } from "../package.ts";
import type { Terminal } from "../terminal/host.ts";
import type { FileFindings, Finding } from "./findings.ts";
import { inRepository } from "./repository.ts";

/**
 * Findings in SARIF 2.1.0 (OASIS), as code scanning takes them. A file that could not be read is a notification, and the run then
 * counts as not successful. Columns count UTF-16 units, from 1.
 */
export function sarif(files: readonly FileFindings[], env: Terminal["env"]): string {
  const results = files.flatMap(({ file, findings }) => findings.map((finding) => resultOf(file, finding, env)));
  const codes = [...new Set(results.map(({ ruleId }) => ruleId as string))].toSorted();
  const failures = files.flatMap(({ file, failure }): readonly Notification[] =>
    failure === undefined ? [] : [{ level: "error", message: { text: failure }, locations: [{ physicalLocation: locationOf(file, env) }] }],
  );
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "canary-router", version: versionOfPackage(), rules: codes.map((id) => ({ id })) } },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: failures.length === 0, toolExecutionNotifications: [...failures] }],
        results,
      },
    ],
  };
  return `${jsonOf(log, 2)}\n`;
}

function resultOf(file: string, { code, severity, at, message, help, position }: Finding, env: Terminal["env"]): Result {
  const region = position && { startLine: position.line, startColumn: position.column };
  return {
    ruleId: code,
    level: severity,
    message: { text: help === undefined ? message : `${message}\n${help}` },
    locations: [
      {
        physicalLocation: { ...locationOf(file, env), ...(region !== undefined && { region }) },
        ...(at !== "" && { logicalLocations: [{ fullyQualifiedName: at }] }),
      },
    ],
  };
}

function locationOf(file: string, env: Terminal["env"]): { readonly artifactLocation: { readonly uri: string } } {
  const uri = inRepository(file, env).split("/").map(encodeURIComponent).join("/");
  return { artifactLocation: { uri } };
}
