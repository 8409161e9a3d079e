import { type Diagnostic, format } from "../../document/index.ts";

/** Thrown for options of a log that cannot be used, and for a log whose format is not known; carries every complaint. */
export class TrafficError extends Error {
  override readonly name: string = "TrafficError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(format).join("\n"));
    this.diagnostics = diagnostics;
  }
}
