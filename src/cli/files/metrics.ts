import { failureOf } from "./text.ts";
import { Refusal } from "../terminal/host.ts";

/** One number of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The metrics that say how an alias is split. */
const NAMES = ["canary_router_decisions_total", "canary_router_split_ratio", "canary_router_split_sticky"] as const;

/** For one answer, in milliseconds. */
const PATIENCE = 10_000;

/** The longest answer, in characters: a thousand aliases have a megabyte. */
const LONGEST = 268_435_456;

/**
 * Asks a URL for these metrics: the `/metrics` of a gateway, or a Prometheus server, which has no path. Throws a `Refusal` where it does not
 * answer, or not with metrics.
 */
export async function readMetrics(url: URL, token: string | undefined, interrupted: AbortSignal): Promise<readonly Sample[]> {
  const isServer = url.pathname === "/";
  const asked = isServer ? new URL(`/api/v1/query?${new URLSearchParams({ query: `{__name__=~"${NAMES.join("|")}"}` })}`, url) : url;
  try {
    const response = await fetch(asked, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(PATIENCE)]),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    if (text.length > LONGEST) throw new Error(`more than ${LONGEST} characters`);
    return isServer ? readAnswer(text) : readExposition(text);
  } catch (error) {
    if (interrupted.aborted) throw error;
    const { name, cause } = error as Error;
    const reason = name === "TimeoutError" ? `no answer within ${PATIENCE / 1_000} s` : failureOf(cause ?? error);
    throw new Refusal(`${url.href}: ${reason}`);
  }
}

/** Reads the answer of a Prometheus server to a query of now. */
function readAnswer(text: string): readonly Sample[] {
  const { status, error, data } = JSON.parse(text) as {
    readonly status?: string;
    readonly error?: string;
    readonly data?: {
      readonly result?: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[];
    };
  };
  if (status !== "success" || data?.result === undefined) throw new Error(error ?? "it is no Prometheus server");
  return data.result.map(({ metric: { __name__: name = "", ...labels }, value: [, value] }) => ({ name, labels, value: Number(value) }));
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\S+)?$/;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/** Reads the text format of Prometheus (version 0.0.4, and OpenMetrics). Throws where a line is none. */
function readExposition(text: string): readonly Sample[] {
  return text.split("\n").flatMap((line, index): readonly Sample[] => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const [, name, labels = "", value = ""] = LINE.exec(line.trimEnd()) ?? [];
    if (name === undefined) throw new Error(`line ${index + 1} is no metric`);
    return [{ name, labels: readLabels(labels, index + 1), value: Number(value.replace(/^([+-]?)Inf$/, "$1Infinity")) }];
  });
}

function readLabels(text: string, line: number): Readonly<Record<string, string>> {
  const labels = Object.create(null) as Record<string, string>;
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text);
    if (found === null) throw new Error(`line ${line} has labels that cannot be read`);
    const [, name = "", value = ""] = found;
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}
