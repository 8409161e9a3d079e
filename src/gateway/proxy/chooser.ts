import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIPv6 } from "node:net";
import { resolve } from "node:path";
import type { NodeRequest } from "../../request/index.ts";
import { type AffinityOptions, LEAST_KEY } from "../affinity.ts";
import { type Answer, Host } from "../host.ts";
import type { AliasTable } from "../table.ts";
import type { GatewayConfig } from "./config.ts";
import type { TokenConfig } from "./reading.ts";
import type { TrustConfig } from "./visitors.ts";

/** A request, the alias that decides it, and who has sent it. */
interface Asked {
  readonly alias: string;
  readonly headers: IncomingHttpHeaders;
  /** The address of the client; undefined where it is not known. */
  readonly client: string | undefined;
}

/** Decides a request: by what a tester asks for, the cookie of a visitor, and the alias. */
export type Choose = (alias: string, request: NodeRequest, client: string | undefined) => Answer;

/** Reads the secrets of a config, and makes of it what decides requests. Rejects where a file is not there, or a secret too short. */
export async function openChooser(table: AliasTable, config: GatewayConfig, base: string): Promise<Choose> {
  const { affinity, override } = config;
  const keys = await Promise.all((affinity?.keys ?? []).map((key) => readSecret(key, base, LEAST_KEY)));
  const trusted = override && (await trustOf(override.trusted, base));
  const { header, dictionary, query, cookie } = override ?? {};
  const host = new Host<Asked, NodeRequest>({
    table,
    alias: (asked) => asked.alias,
    header: false,
    ...(affinity !== undefined && { affinity: { ...affinity, keys: keys as unknown as AffinityOptions["keys"] } }),
    ...(trusted !== undefined && {
      override: {
        trusted,
        ...(header !== undefined && { header }),
        ...(dictionary !== undefined && { dictionary }),
        ...(query !== undefined && { query }),
        ...(cookie !== undefined && { cookie }),
      },
    }),
  });
  return (alias, request, client) => host.answer({ alias, headers: request.headers as IncomingHttpHeaders, client }, () => request);
}

/** A file that has no secret, or too short a one. */
class SecretError extends Error {
  readonly code = "ESECRET";
}

/** A secret, without the white space around it where it is in a file. */
export async function readSecret(token: TokenConfig, base: string, least = 1): Promise<string> {
  if ("text" in token) return token.text;
  const secret = (await readFile(resolve(base, token.file), "utf8")).trim();
  if (Buffer.byteLength(secret) >= least) return secret;
  throw new SecretError(`\`${token.file}\` has a secret of ${Buffer.byteLength(secret)} bytes, and at least ${least} are needed`);
}

/** Tells who may ask for a version. */
async function trustOf({ addresses, token, tokenHeader }: TrustConfig, base: string): Promise<(asked: Asked) => boolean> {
  const networks = addresses && blockList(addresses);
  const secret = token && digest(await readSecret(token, base));
  return ({ headers, client }) => {
    const sent = headers[tokenHeader];
    return (
      (networks === undefined || (client !== undefined && isIn(networks, client))) &&
      (secret === undefined || (typeof sent === "string" && timingSafeEqual(digest(sent), secret)))
    );
  };
}

function blockList(addresses: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const network of addresses) {
    const [address = "", bits] = network.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, Number(bits), family);
  }
  return networks;
}

/** A listener of IPv6 gives addresses of IPv4 as `::ffff:192.0.2.7`. */
function isIn(networks: BlockList, client: string): boolean {
  const address = client.replace(/^::ffff:(?=\d+\.)/i, "");
  return networks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Of one length, so that the comparison takes one time. */
function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
