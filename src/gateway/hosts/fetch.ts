import type { FetchRequest } from "../../request/index.ts";
import { nodeReader } from "../../request/index.ts";
import { type CanaryOptions, Host, mergeVary, type Served } from "../host.ts";

/** What was decided for a `Request`, and what is left to do with it. */
export interface FetchServed {
  /** Undefined where no alias decides. */
  readonly served: Served | undefined;
  /** The request with the upstream header set, or without it where no alias decides. The body goes with it. */
  readonly forward: () => Request;
  /** The response with `Vary` and `Set-Cookie` merged. The body goes with it. */
  readonly finish: (response: Response) => Response;
}

/**
 * Makes the function that decides a `Request` of the fetch standard: in Workers, Bun, Deno, node. The table reads such requests:
 * `new AliasTable({ reader: fetchReader })`.
 * @throws TypeError for an option that cannot be used
 */
export function canary(options: CanaryOptions<Request, FetchRequest>): (request: Request) => FetchServed {
  if ((options.table.reader as unknown) === nodeReader)
    throw new TypeError("the table reads the requests of node: make it with `reader: fetchReader`");
  const host = new Host(options);
  return (request) => {
    const { served, vary, cookie } = host.answer(request, (attributes) => {
      const { headers, url, method } = request;
      return { headers, url, method, attributes };
    });
    return {
      served,
      forward: () => {
        const { header } = host;
        if (header === undefined || (served === undefined && !request.headers.has(header))) return request;
        const headers = new Headers(request.headers);
        if (served === undefined) headers.delete(header);
        else headers.set(header, served.version);
        return new Request(request, { headers });
      },
      finish: (response) => {
        const merged = mergeVary(response.headers.get("vary") ?? undefined, vary);
        if (merged === undefined && cookie === undefined) return response;
        const finished = new Response(response.body, response);
        if (merged !== undefined) finished.headers.set("vary", merged);
        if (cookie !== undefined) finished.headers.append("set-cookie", cookie);
        return finished;
      },
    };
  };
}
