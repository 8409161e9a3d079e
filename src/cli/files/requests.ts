import type { NodeRequest } from "../../index.ts";
import { readLogged } from "../../simulate/index.ts";

/** One line of a request log. */
export type Entry =
  | {
      readonly kind: "request";
      readonly request: NodeRequest;
      /** The recorded draw, undefined where there is none; whether it is a draw is the route's to say. */
      readonly draw: unknown;
    }
  | { readonly kind: "malformed"; readonly fault: string };

/** Reads one line of a log; keys beside the request and its `draw` are the log's own. */
export function readEntry(line: string): Entry {
  const logged = readLogged(line);
  return "fault" in logged
    ? { kind: "malformed", fault: logged.fault }
    : { kind: "request", request: logged.request, draw: logged.entry["draw"] ?? undefined };
}
