import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Has something closed at the end of the test. */
export function closeLater(close: () => Promise<unknown>): void {
  closing.push(close);
}

/** Starts a server on loopback until the test ends, and gives its origin. */
export async function listen(handler: RequestListener | Server): Promise<string> {
  const server = typeof handler === "function" ? createServer(handler) : handler;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeLater(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An upstream that tells the version it was told, the target and the body, and sets headers that a host must not lose. */
export function upstream(): Promise<string> {
  return listen((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      response.setHeader("Vary", "Accept-Encoding");
      response.setHeader("Set-Cookie", ["session=1", "theme=dark"]);
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ version: request.headers["x-cff-func-version"], url: request.url, body }));
    });
  });
}
