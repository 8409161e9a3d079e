import { createInterface } from "node:readline";
import { type AliasClient, aliasClient, ApiError } from "../../control/index.ts";
import { notice, Refusal, type Terminal, write } from "../terminal/host.ts";

/** The options of the commands that ask the alias API. */
export const API = {
  endpoint: {
    type: "string",
    value: "URL",
    description: "where the API is; otherwise $CANARY_ROUTER_ENDPOINT",
  },
} as const;

/** How these commands find who asks; a paragraph of their help. */
export const API_HELP =
  "Keys come from $HUAWEICLOUD_SDK_AK and $HUAWEICLOUD_SDK_SK, and $HUAWEICLOUD_SDK_SECURITY_TOKEN where they are temporary, or a token from $HUAWEICLOUD_AUTH_TOKEN. They are never printed. The project is that of the URN, or $HUAWEICLOUD_SDK_PROJECT_ID.";

/** What each exit code of these commands means. */
export const API_EXITS = {
  0: "done, or nothing to do",
  1: "the config has errors, the API refused, or you said no",
  2: "wrong usage, no credentials, or an API that cannot be reached",
} as const;

/** The argument that names a function. */
export const URN = { name: "URN", description: "the URN of the function" } as const;

/** A client for the function of a URN. Throws a `Refusal` where something about who asks is missing. */
export function clientFor(urn: string, endpoint: string | undefined, { env }: Terminal): AliasClient {
  const url = endpoint ?? env["CANARY_ROUTER_ENDPOINT"];
  if (url === undefined || url === "") throw new Refusal("there is no endpoint", "give `--endpoint URL`, or set CANARY_ROUTER_ENDPOINT");
  if (!/^https?:\/\/[^/@?#]+\/?$/.test(url) || !URL.canParse(url))
    throw new Refusal(
      `\`${url.replace(/\/\/.*@/, "//…@")}\` is no endpoint`,
      "write a URL without a path, such as `http://127.0.0.1:8070`",
    );
  const fields = urn.split(":");
  const project = fields[0] === "urn" ? fields[3] : env["HUAWEICLOUD_SDK_PROJECT_ID"];
  if (project === undefined || project === "")
    throw new Refusal(`\`${urn}\` names no project`, "write the full URN, or set HUAWEICLOUD_SDK_PROJECT_ID");
  if (!/^[\w:!.-]+$/.test(urn)) throw new Refusal(`\`${urn}\` is no URN of a function`);
  const {
    HUAWEICLOUD_SDK_AK: access,
    HUAWEICLOUD_SDK_SK: secret,
    HUAWEICLOUD_AUTH_TOKEN: token,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: temporary,
  } = env;
  if (access !== undefined && secret !== undefined) {
    return aliasClient({
      endpoint: url,
      project,
      credentials: { access, secret, ...(temporary !== undefined && { securityToken: temporary }) },
    });
  }
  if (token !== undefined) return aliasClient({ endpoint: url, project, credentials: { token } });
  throw new Refusal("there are no credentials", "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or HUAWEICLOUD_AUTH_TOKEN");
}

/** Runs what asks the API; a refusal of it is printed, and the exit code is 1, or 2 where it could not be reached. */
export async function asking(host: Terminal, ask: () => Promise<0 | 1>): Promise<0 | 1> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0) throw new Refusal(error.message);
    const id = error.requestId === undefined ? "" : ` (request ${error.requestId})`;
    await notice(`${error.code === "" ? error.status : error.code}: ${error.message}${id}`, host, "red");
    return 1;
  }
}

/** Asks whether to send, and reads the answer from standard input; everything but `y` or `yes` is no. */
export async function confirmed(question: string, host: Terminal): Promise<boolean> {
  await write(host.stderr, `${question} [y/N] `);
  for await (const line of createInterface(host.stdin)) return /^y(?:es)?$/i.test(line.trim());
  return false;
}
