import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Diagnostic, readText } from "../../document/index.ts";
import { type LooseParts, requestOf } from "../../request/index.ts";
import { explain, formatExplanation } from "../../route/index.ts";
import type { AliasTable } from "../table.ts";
import { ageOf, type SourceStatus } from "../source/status.ts";
import { isLoopback } from "./config.ts";
import { bodyOf, type Fault } from "./fault.ts";
import { hostOf, pathOf } from "./forwarding.ts";
import { liveAliases, type RecentChange } from "./live.ts";

/** What operators are told of a gateway. */
export interface AdminView {
  readonly table: AliasTable;
  /** The aliases that routes name: without them the gateway is not ready. */
  readonly aliases: () => Iterable<string>;
  readonly status: () => SourceStatus;
  /** The complaints about configs that were refused last, by alias. */
  readonly rejected: () => ReadonlyMap<string, readonly Diagnostic[]>;
  /** Updates of late, the latest ahead. */
  readonly changes: () => readonly RecentChange[];
  readonly isDraining: () => boolean;
  /** The metrics as Prometheus reads them, and their content type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly type: string }>;
}

/** A page that shows a gateway: its files by their paths, and what they are sent with. It has no data; it asks this listener for that. */
export interface AdminPage {
  readonly files: ReadonlyMap<string, { readonly type: string; readonly body: string }>;
  readonly headers: Readonly<Record<string, string>>;
}

/** How the listener is guarded. */
export interface AdminGuard {
  readonly host: string;
  readonly token: string | undefined;
}

/** The longest request for an explanation, in bytes. */
const LONGEST = 65_536;

/** Lists and objects within each other of such a request. */
const DEPTH = 8;

/**
 * Answers operators and machines that look after the gateway: `/healthz`, `/readyz`, `/metrics`, `/aliases`, `/live`, `/plan` and `/explain`, and
 * browsers with the page, where there is one. With a token, all but the first two and the page ask for it. Without one the listener is of loopback, and answers only requests that name it so, for a browser could be
 * led there by another name.
 */
export function adminHandler(
  view: AdminView,
  { host, token }: AdminGuard,
  page?: AdminPage,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const path = pathOf(request.url ?? "/");
    const file = page?.files.get(path);
    const isOpen = path === "/healthz" || path === "/readyz" || file !== undefined;
    if (token === undefined && isLoopback(host) && !isLoopback(hostOf(request).replace(/^\[|\]$/g, "")))
      return refuse(response, { status: 403, code: "wrong_host", message: "this listener answers requests to this machine only" });
    if (token !== undefined && !isOpen && !isToken(request, token)) {
      response.setHeader("www-authenticate", "Bearer");
      return refuse(response, { status: 401, code: "no_token", message: "send the token of this gateway as `Authorization: Bearer`" });
    }
    const method = path === "/explain" ? "POST" : "GET";
    if (file === undefined && !Object.hasOwn(ANSWERS, path))
      return refuse(response, { status: 404, code: "not_found", message: `there are ${Object.keys(ANSWERS).join(", ")}` });
    if (request.method !== method && !(method === "GET" && request.method === "HEAD")) {
      response.setHeader("allow", method);
      return refuse(response, { status: 405, code: "wrong_method", message: `${path} is asked with ${method}` });
    }
    if (file !== undefined) {
      for (const [name, value] of Object.entries(page?.headers ?? {})) response.setHeader(name, value);
      return send(response, 200, file.type, file.body);
    }
    ANSWERS[path]?.(view, request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy(error);
      else refuse(response, { status: 500, code: "failed", message: error.message });
    });
  };
}

type Answer = (view: AdminView, request: IncomingMessage, response: ServerResponse) => Promise<void>;

const ANSWERS: Readonly<Record<string, Answer>> = {
  "/healthz": async (_, __, response) => send(response, 200, "text/plain", "ok\n"),
  "/readyz": async (view, _, response) => {
    const reasons = unreadyOf(view);
    sendJson(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
  },
  "/metrics": async ({ metrics }, _, response) => {
    const { text, type } = await metrics();
    send(response, 200, type, text);
  },
  "/aliases": async (view, _, response) => sendJson(response, 200, aliasesOf(view)),
  "/live": async (view, _, response) => sendJson(response, 200, liveOf(view)),
  "/plan": planned,
  "/explain": explained,
};

/** Why requests should not come to this gateway now. */
function unreadyOf({ table, aliases, isDraining }: AdminView): readonly string[] {
  if (isDraining()) return ["it is ending"];
  const missing = [...new Set(aliases())].filter((alias) => !table.has(alias));
  return missing.map((alias) => `the alias \`${alias}\` is not there`);
}

function aliasesOf({ table, aliases, status, rejected }: AdminView): object {
  return {
    source: sourceOf(status()),
    aliases: [...new Set([...aliases(), ...table.keys()])].map((alias) => {
      const versions = table.plan(alias)?.versions;
      return versions === undefined ? { alias, served: false } : { alias, served: true, versions };
    }),
    rejected: [...rejected()].map(([alias, diagnostics]) => ({ alias, diagnostics })),
  };
}

function sourceOf(status: SourceStatus): object {
  const { state, reason, revision } = status;
  return { state, reason: reason ?? null, revision: revision ?? null, age: ageOf(status) ?? null };
}

/** What a page shows while traffic flows: counts and weights at one moment, the source, and what changed of late. */
function liveOf({ table, aliases, status, rejected, changes }: AdminView): object {
  return {
    source: sourceOf(status()),
    aliases: liveAliases(table, aliases()),
    rejected: [...rejected()].map(([alias, diagnostics]) => ({ alias, diagnostics })),
    changes: changes(),
  };
}

/** The plan of `?alias=…`: what it means, as it is served. */
async function planned({ table }: AdminView, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? "";
  const alias = new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("alias") ?? "";
  const plan = table.plan(alias);
  if (plan === undefined) return refuse(response, { status: 404, code: "no_alias", message: `the alias ${alias} is not there` });
  sendJson(response, 200, plan);
}

/** The explanation of `{ "alias": …, "request": { "headers": … }, "draw": … }`; as text for `Accept: text/plain`. Counts nothing. */
async function explained({ table }: AdminView, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await bodyText(request);
  if (asked === undefined) return refuse(response, { status: 413, code: "body_too_large", message: `more than ${LONGEST} bytes` });
  const read = readText(asked, { text: LONGEST, depth: DEPTH, diagnostics: 1 });
  if (!read.ok) return refuse(response, { status: 400, code: "bad_request", message: read.diagnostics[0]?.message ?? "this is not JSON" });
  const { alias, request: parts, draw, ...others } = (read.value.value ?? {}) as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return refuse(response, badRequest(`unknown key \`${unknown}\`: there are alias, request and draw`));
  if (typeof alias !== "string") return refuse(response, badRequest("`alias` is no text"));
  if (draw !== undefined && (typeof draw !== "number" || draw < 0 || draw >= 1))
    return refuse(response, badRequest("`draw` is not from 0 up to 1"));
  if (typeof parts !== "object" || parts === null) return refuse(response, badRequest("`request` is no object"));
  const plan = table.plan(alias);
  if (plan === undefined) return refuse(response, { status: 404, code: "no_alias", message: `the alias ${alias} is not there` });
  const made = requestOf(parts as LooseParts);
  if ("fault" in made) return refuse(response, badRequest(made.fault));
  const explanation = explain(plan, made, draw);
  if (request.headers.accept?.includes("text/plain") === true) send(response, 200, "text/plain", `${formatExplanation(explanation)}\n`);
  else sendJson(response, 200, explanation);
}

function badRequest(message: string): Fault {
  return { status: 400, code: "bad_request", message };
}

/** The body of a request; undefined where it is too long. */
async function bodyText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Compares digests, so that the time says nothing of where two tokens differ, nor of how long the right one is. */
function isToken({ headers }: IncomingMessage, token: string): boolean {
  const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "") ?? [];
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function refuse(response: ServerResponse, fault: Fault): void {
  const { text, headers } = bodyOf(fault);
  response.writeHead(fault.status, fault.status === 413 ? { ...headers, connection: "close" } : headers).end(text);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, "application/json", `${JSON.stringify(value)}\n`);
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": String(Buffer.byteLength(text)),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(text);
}
