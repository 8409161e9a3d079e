import type * as Main from "../../src/index.ts";
import type * as Edge from "../../src/route/edge.ts";
import type * as Jit from "../../src/route/jit.ts";
import type { Case } from "./case.ts";

/** The entries that run a case, however they were loaded. */
export interface Compilers {
  readonly main: typeof Main;
  readonly jit: typeof Jit;
  readonly edge: typeof Edge;
}

/** What a library answers to a case. */
export interface CaseAnswer {
  readonly id: string;
  readonly diagnostics: readonly string[];
  readonly service: string | undefined;
  /** What each back end decides; none where the alias is refused, or the case has no draw. */
  readonly decisions: Readonly<Record<string, Main.Decision>>;
  /** What is decided for the same request as a `Request`, which not every request can be. */
  readonly fetched: Main.Decision | undefined;
  readonly shares: Readonly<Record<string, number>> | undefined;
}

/** What a library answers to each case of the corpus: the same wherever it runs. */
export function corpusAnswers({ main, jit, edge }: Compilers, cases: readonly Case[]): readonly CaseAnswer[] {
  return cases.map((each) => {
    const { id, alias, text, request, draw } = each;
    const random = (): number => each.random as number;
    const options: Main.CompileOptions = { ...each.options, random };
    const checked = text === undefined ? main.parse(alias, options) : main.parseText(text, options);
    const diagnostics = checked.diagnostics.map(main.format);
    const service = main.toServiceError(checked.diagnostics)?.error_code;
    if (!checked.ok) return { id, diagnostics, service, decisions: {}, fetched: undefined, shares: undefined };
    const config = (text === undefined ? alias : JSON.parse(text)) as Main.AliasConfig;
    const given = request as Main.NodeRequest;
    const wanted = draw as number;
    const decisions = {
      closures: main.compile(config, options)(given, wanted),
      "generated code": jit.compile(config, options)(given, wanted),
      "flat program": main.compileAll({ alias: config }, options).get("alias")?.(given, wanted) as Main.Decision,
      interpreter: main.explain(config, given, wanted, options).decision,
      edge: edge.compile(main.plan(config, options), { random, reader: main.nodeReader })(given, wanted),
    };
    const standard = fetchRequestOf(request);
    const reader = { ...options, reader: main.fetchReader } as unknown as Main.CompileOptions<Main.FetchRequest>;
    const fetched = standard === undefined ? undefined : main.compile(config, reader)(standard, wanted);
    const shares = each.expect.split === undefined ? undefined : main.shares(config, given, options);
    return { id, diagnostics, service, decisions, fetched, shares };
  });
}

interface Given {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly url?: string;
  readonly method?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The request of a case, which may be anything, as one of the fetch standard; undefined where it cannot be one. */
function fetchRequestOf(given: unknown): Main.FetchRequest | undefined {
  const { headers, url = "/", method = "GET", attributes } = (given ?? {}) as Given;
  if (typeof headers !== "object" || headers === null || typeof url !== "string" || typeof method !== "string") return undefined;
  // The standard wants names to be tokens, and workerd does not look.
  const pairs = Object.entries(headers).filter((pair): pair is [string, string] => typeof pair[1] === "string" && TOKEN.test(pair[0]));
  if (pairs.length < Object.keys(headers).length) return undefined;
  try {
    const request = new Request(new URL(url, "https://shop.example"), { method, headers: pairs });
    return { headers: request.headers, url: request.url, method: request.method, attributes };
  } catch {
    return undefined;
  }
}
