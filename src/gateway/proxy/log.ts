import { format, type Diagnostic } from "../../document/index.ts";
import type { FollowedUpdate } from "../source/follow.ts";
import type { SourceStatus } from "../source/status.ts";
import type { Exchange } from "./proxy.ts";

/** What is needed of a logger; pino's is one. */
export interface Log {
  readonly debug: (fields: object, message: string) => void;
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
}

/** The fields of an exchange in a log: what was decided and why, and what became of it. */
export function exchangeFields(exchange: Exchange): object {
  const { method, host, path, client, alias, served, upstream, status, attempts, fault, error, milliseconds } = exchange;
  return {
    event: "request",
    method,
    host,
    path,
    client,
    status,
    ...(alias !== undefined && { alias }),
    ...(served !== undefined && {
      version: served.version,
      by: served.by,
      ...(served.decision.version === served.version && { reason: served.decision.reason, at: served.decision.at }),
    }),
    ...(upstream !== undefined && { upstream }),
    ...(attempts > 1 && { attempts }),
    ...(fault !== undefined && { fault }),
    ...(error !== undefined && { error: messageOf(error) }),
    ms: Math.round(milliseconds * 10) / 10,
  };
}

/** An error of node with its code, which the message of a connection to several addresses does not have. */
function messageOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || error.message.includes(code) ? error.message : `${code} ${error.message}`.trim();
}

/** Logs what an update did: what was accepted, each alias that was rejected, and an update that is older than what is served. */
export function logUpdate(log: Log, { revision, stale, isSnapshot, accepted, rejected, kept, moved }: FollowedUpdate): void {
  const from = { revision, ...(isSnapshot && { snapshot: true }) };
  if (stale) log.warn({ event: "update_stale", ...from }, "update is not newer than what is served");
  if (accepted.length > 0) {
    const slots = moved.slice(0, SHOWN).map(({ alias, movement }) => ({ alias, moved: movement.moved, redrawn: movement.redrawn }));
    log.info({ event: "aliases_accepted", ...from, count: accepted.length, aliases: accepted.slice(0, SHOWN), slots }, "aliases accepted");
  }
  for (const { alias, diagnostics } of rejected) {
    const what = { event: "alias_rejected", ...from, alias, kept: kept.includes(alias), diagnostics: diagnostics.map(plain) };
    log.warn(what, kept.includes(alias) ? "alias rejected, and kept as before" : "alias rejected");
  }
}

/** Names in one line of a log. */
const SHOWN = 20;

function plain(diagnostic: Diagnostic): string {
  return format(diagnostic).split("\n", 1)[0] ?? "";
}

/** Logs how well the source is followed, where that has changed. */
export function logStatus(log: Log, { state, reason, revision }: SourceStatus, before: SourceStatus): void {
  if (state === before.state && reason === before.reason) return;
  const fields = { event: "source", state, ...(reason !== undefined && { reason }), revision };
  if (state === "degraded") log.warn(fields, "source degraded");
  else log.info(fields, "source healthy");
}
