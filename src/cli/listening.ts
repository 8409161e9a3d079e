import { once } from "node:events";
import type { Server } from "node:http";
import { type Address, addressText } from "./arguments.ts";
import { failureOf } from "./files/text.ts";
import { Refusal, type Terminal } from "./terminal/host.ts";

/** Milliseconds that requests have to end when a server is stopped. */
const GRACE = 5_000;

/** Aborted by the first Ctrl-C or SIGTERM. */
export function stopSignal(host: Terminal): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGTERM", stop);
  return { signal: AbortSignal.any([controller.signal, host.interrupted]), dispose: () => process.off("SIGTERM", stop) };
}

/** The server, once it listens at the address of `--listen`. Throws a `Refusal` where it cannot. */
export async function listening(server: Server, { host, port }: Address): Promise<Server> {
  try {
    server.listen(port, host);
    await once(server, "listening");
    return server;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "EADDRINUSE" ? "the address is in use" : code === "EADDRNOTAVAIL" ? "this machine has no such address" : failureOf(error);
    throw new Refusal(`\`--listen ${addressText({ address: host, port })}\`: ${why}`);
  }
}

/** Stops a server, and waits for the requests that are under way. */
export async function closed(server: Server): Promise<void> {
  const end = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), GRACE);
  await end;
  clearTimeout(timer);
}
